"""The door of the room: everything that others may call."""

from counterpoint.people.labels import duty_name, qualification_name, role_name
from counterpoint.people.names import name_of
from counterpoint.people.queries import duties_of
from counterpoint.people.services.bars import add_bar, check_operation
from counterpoint.people.services.delegations import delegate, describe_units, end_delegation
from counterpoint.people.services.gate import can, has_any, has_duty, recently, require_recent, signed_in
from counterpoint.people.services.housekeeping import sweep, sweep_forever
from counterpoint.people.services.machines import (
    actor_of_token,
    add_machine,
    issue_token,
    revoke_token,
)
from counterpoint.people.services.permission import (
    Rights,
    basis,
    check_actor,
    check_may,
    duties_held,
    holds,
    may,
    names_of,
    people_with,
    person,
    person_by_number,
    qualified,
    restricted_at,
    staff_called,
    staff_of,
)
from counterpoint.people.services.presence import (
    actor_from,
    actor_of,
    end_session,
    here,
    must_carry_second_factor,
)
from counterpoint.people.services.proving import step_up, step_up_methods
from counterpoint.people.services.reference import ensure_demo_staff, ensure_reference
from counterpoint.people.services.rights import (
    assign_role,
    grant_qualification,
    impose_restriction,
    lift_restriction,
    revoke_role,
    withdraw_qualification,
)
from counterpoint.people.services.second import lift_lock_out, verify_second_person
from counterpoint.people.services.staff import (
    add_staff,
    change_password,
    reset_password,
    reset_second_factor,
    resume_staff,
    suspend_staff,
)

__all__ = [
    "Rights",
    "actor_from",
    "actor_of",
    "actor_of_token",
    "add_bar",
    "add_machine",
    "add_staff",
    "assign_role",
    "basis",
    "can",
    "change_password",
    "check_actor",
    "check_may",
    "check_operation",
    "delegate",
    "describe_units",
    "duties_held",
    "duties_of",
    "duty_name",
    "end_delegation",
    "end_session",
    "ensure_demo_staff",
    "ensure_reference",
    "grant_qualification",
    "has_any",
    "has_duty",
    "here",
    "holds",
    "impose_restriction",
    "issue_token",
    "lift_lock_out",
    "lift_restriction",
    "may",
    "must_carry_second_factor",
    "name_of",
    "names_of",
    "people_with",
    "person",
    "person_by_number",
    "qualification_name",
    "qualified",
    "recently",
    "require_recent",
    "reset_password",
    "reset_second_factor",
    "restricted_at",
    "resume_staff",
    "revoke_role",
    "revoke_token",
    "role_name",
    "signed_in",
    "staff_called",
    "staff_of",
    "step_up",
    "step_up_methods",
    "suspend_staff",
    "sweep",
    "sweep_forever",
    "verify_second_person",
    "withdraw_qualification",
]
