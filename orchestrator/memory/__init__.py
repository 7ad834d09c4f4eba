"""The one memory of customers and conversations: functions over a unit of work, frozen values in and out."""
