"""What itsdangerous signs, and the sessions of Flask and Starlette over it."""
