"""What signing does for people and services, one module for each matter."""
