"""What the customer means: intents, dialogue acts, entities, language, sensitive topics."""
