"""Groups of roles: who leads a school, who approves there, who looks into it from above."""

from services.contracts.identity import Role

ANYONE_AT_SCHOOL = tuple(Role)
LEADERS = (Role.ADMIN, Role.PRINCIPAL, Role.DEPUTY)
APPROVERS = (Role.PRINCIPAL, Role.DEPUTY)
ABOVE = (Role.OFFICER, Role.INSPECTOR)
