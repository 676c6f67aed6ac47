"""The demonstration branch and the import of public bank data: composed of the rooms, part of none."""
