"""What must hold whatever a model says: review of answers, hours, redaction."""
