"""The HTTP service: messages in, events out, tickets, help centre and chat page."""
