"""The services that plans may call, by the type that a service task names. Sending to the outside is `notices`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine import instances
from engine.services import BpmnError, ServiceRequest, Services
from webapp import people


def restrict_case(request: ServiceRequest) -> Mapping[str, Any] | None:
    """Make the case confidential (从严保密): from now on only the people in `confidential_people` see it.

    The variable is a list of logins, or a text with one login a line. Raises BpmnError "people-unknown" when one of
    them is nobody here, so that nobody is locked out by a slip of the pen.
    """
    given = request.variables.get("confidential_people") or []
    words = given.replace("，", "\n").replace(",", "\n").splitlines() if isinstance(given, str) else given
    logins = sorted({str(word).strip() for word in words if str(word).strip()})
    unknown = [login for login in logins if people.load(request.work.session, login) is None]
    if not logins or unknown:
        raise BpmnError(
            "people-unknown",
            f"知悉人员名单有误：{'、'.join(unknown) or '名单为空'}。请更正后重试。",
            f"The list of people is wrong: {', '.join(unknown) or 'it is empty'}. Correct it and retry.",
        )
    instances.restrict(request.work, request.instance_id, logins)
    return {"confidential_people": logins}


def of_house() -> Services:
    """Return every service of the house by its type."""
    return {"restrict-case": restrict_case}
