"""The Czech bank data of the PKDD'99 discovery challenge ("Berka"), read and replayed.

``parser`` reads the eight tables, ``resequence`` restores the order inside a day, ``booking`` says
which account stands opposite, ``importer`` brings it all through the services of the rooms.
"""
