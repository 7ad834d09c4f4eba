"""What a project is made of, how it is loaded and how it is checked."""
