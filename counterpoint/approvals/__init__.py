"""Room approvals."""
