"""Number slips on receipt printers 小票打印: bytes, line, and a printer to try them on."""
