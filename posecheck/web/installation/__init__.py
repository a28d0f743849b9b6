"""What new sessions start with, and the page that changes it."""
