"""Assembly: settings, addresses, the server, the command line. Nothing imports it."""
