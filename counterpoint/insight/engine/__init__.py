"""The engine of the branch twin 网点孪生引擎: discrete events on one heap, seeded, pure, no Django.

``center`` runs a model of groups and lists (a contact centre); ``branch`` runs desks, pre-work and the
product's own router. Both draw everything random from streams that belong to a purpose, so that two
policies meet the same customers.
"""
