"""Ask healthchecks for its lists, and run what it does for many rows, with several rows of everything.

It runs inside the recorder, in a checkout of healthchecks:

    VENV/bin/python record_counts.py --root . --folder hc --orm django --out FILE -- drive_healthchecks.py
"""

from __future__ import annotations

import json
import os
import sys
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

ROWS = 4

sys.path.insert(0, str(Path.cwd()))
os.environ["DJANGO_SETTINGS_MODULE"] = "hc.settings"


class Rows:
    """Several rows of everything: projects with members, checks, pings, flips, notifications and integrations."""

    def __init__(self) -> None:
        users = import_module("django.contrib.auth.models").User
        self.accounts, self.api = import_module("hc.accounts.models"), import_module("hc.api.models")
        self.now = import_module("django.utils.timezone").now()
        self.owner = users.objects.create_superuser("owner", "owner@example.org", "password")
        self.accounts.Profile.objects.create(user=self.owner, check_limit=500, nag_period=timedelta(days=1))
        self.projects = [self._project(number) for number in range(ROWS)]
        self.project = self.projects[0]
        for number in range(ROWS):
            user = users.objects.create_user(f"member{number}", f"member{number}@example.org", "password")
            self.accounts.Profile.objects.create(user=user, nag_period=timedelta(days=1))
            for project in self.projects:
                self.accounts.Member.objects.create(user=user, project=project)
        self.checks = [self._check(project, number) for project in self.projects for number in range(ROWS)]
        self.check = self.checks[0]

    def _project(self, number: int) -> Any:
        keys = {"api_key": f"{number}" * 32, "badge_key": f"badge{number}", "ping_key": f"{number}" * 22}
        keys["api_key_readonly"] = "abcd"[number] * 32
        return self.accounts.Project.objects.create(owner=self.owner, name=f"Project {number}", **keys)

    def _check(self, project: Any, number: int) -> Any:
        times = {"last_ping": self.now, "alert_after": self.now - timedelta(hours=1)}
        status = ("up", "down", "paused", "new")[number % 4]
        name = f"Check {number}"
        check = self.api.Check.objects.create(
            project=project, name=name, slug=f"check-{number}", tags="a b", status=status, n_pings=ROWS, **times
        )
        for n in range(1, ROWS + 1):
            created = self.now - timedelta(minutes=n)
            self.api.Ping.objects.create(owner=check, n=n, created=created, kind="fail", body_raw=b"hello")
            self.api.Flip.objects.create(
                owner=check, created=created, processed=created, old_status="up", new_status="down"
            )
        channels = [self._channel(project, "email", json.dumps({"value": "a@example.org", "up": True, "down": True}))]
        headers = {f"X-{n}": "$NAME $EXITSTATUS" for n in range(ROWS)}
        hook = {"method": "POST", "url": "http://localhost:1/", "body": "$JSON", "headers": headers}
        sides = {f"{key}_{side}": value for key, value in hook.items() for side in ("up", "down")}
        channels.append(self._channel(project, "webhook", json.dumps(sides)))
        for channel in channels:
            channel.checks.add(check)
            for _ in range(ROWS):
                self.api.Notification.objects.create(owner=check, channel=channel, check_status="down")
        return check

    def _channel(self, project: Any, kind: str, value: str) -> Any:
        return self.api.Channel.objects.create(project=project, kind=kind, value=value, email_verified=True)


class Driver:
    """Sends requests as the owner of all rows, and prints what came back."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.client = import_module("django.test").Client(raise_request_exception=False)
        self.client.force_login(rows.owner, backend="hc.accounts.backends.EmailBackend")

    def ask(self, path: str, **fields: Any) -> None:
        """Get a page, or post fields to it."""
        for key in (self.rows.project.api_key, self.rows.project.api_key_readonly):
            head = {"HTTP_X_API_KEY": key}
            answer = self.client.post(path, fields, **head) if fields else self.client.get(path, **head)
            print(answer.status_code, path)
            if fields or "/api/" not in path:
                return

    def lists(self) -> None:
        """Ask for the pages and the parts of the API that show many rows."""
        project, check = f"/projects/{self.rows.project.code}", f"/checks/{self.rows.check.code}"
        for path in ("/", "/tv/", "/projects/menu/", "/accounts/profile/", "/accounts/profile/notifications/"):
            self.ask(path)
        for path in ("checks/", "badges/", "integrations/", "settings/", "checks/status/"):
            self.ask(f"{project}/{path}")
        for path in ("details/", "log/", "status/", "transfer/"):
            self.ask(f"{check}/{path}")
        for version in ("v1", "v3"):
            for path in ("checks/", "checks/?tag=a", "channels/", "badges/"):
                self.ask(f"/api/{version}/{path}")
            for path in ("", "/pings/", "/flips/"):
                self.ask(f"/api/{version}/checks/{self.rows.check.code}{path}")
        channel = self.rows.api.Channel.objects.filter(project=self.rows.project).first()
        self.ask(f"/integrations/{channel.code}/checks/")
        for table in ("accounts/profile", "accounts/project", "api/check", "api/ping", "api/channel", "api/flip"):
            self.ask(f"/admin/{table}/")
        for table in ("api/notification", "auth/user", "logs/record"):
            self.ask(f"/admin/{table}/")

    def writes(self) -> None:
        """Do what changes many rows: actions of the admin, notifications, a project that goes."""
        profiles = [str(one) for one in self.rows.accounts.Profile.objects.values_list("pk", flat=True)]
        for action in (
            "send_report", "send_nag", "remove_totp", "schedule_for_deletion", "unschedule_for_deletion",
        ):  # fmt: skip
            self.ask("/admin/accounts/profile/", action=action, _selected_action=profiles)
        users = [str(profile.user_id) for profile in self.rows.accounts.Profile.objects.exclude(user=self.rows.owner)]
        for action in ("deactivate", "activate"):
            self.ask("/admin/auth/user/", action=action, _selected_action=users)
        for check in self.rows.checks[1:3]:
            key = {"HTTP_X_API_KEY": self.rows.project.api_key}
            answer = self.client.post(f"/api/v3/checks/{check.code}/pause", "", content_type="text/plain", **key)
            print(answer.status_code, "pause")
            self.ask(f"/checks/{check.code}/remove/", any="")
        self._pagerduty()
        self._group()
        self.ask(f"/projects/{self.rows.projects[1].code}/remove/", any="")
        self.ask("/accounts/close/", confirmation=self.rows.owner.email)

    def _pagerduty(self) -> None:
        settings = import_module("django.conf").settings
        settings.PD_ENABLED, settings.PD_APP_ID = True, "app"
        session = self.client.session
        session["pagerduty"] = ("state", str(self.rows.project.code))
        session.save()
        keys = [{"name": f"key {number}", "integration_key": f"{number}"} for number in range(ROWS)]
        config = json.dumps({"account": {"name": "account"}, "integration_keys": keys})
        answer = self.client.get("/integrations/add_pagerduty/", {"state": "state", "config": config})
        print(answer.status_code, "/integrations/add_pagerduty/")

    def _group(self) -> None:
        api, project = self.rows.api, self.rows.project
        inside = api.Channel.objects.filter(project=project)
        codes = ",".join(str(channel.code) for channel in inside)
        group = api.Channel.objects.create(project=project, kind="group", value=codes)
        flip = api.Flip.objects.filter(owner=self.rows.check).first()
        print("notified:", group.notify(flip))

    def commands(self) -> None:
        """Run the commands that go through many rows."""
        call_command = import_module("django.core.management").call_command
        due, old = self.rows.now - timedelta(days=1), self.rows.now - timedelta(days=800)
        profiles = self.rows.accounts.Profile.objects
        profiles.update(next_report_date=due, next_nag_date=due)
        for name, options in (("sendreports", {"loop": False}), ("prunepingsslow", {}), ("sendflappingnotices", {})):
            print(name, call_command(name, **options))
        type(self.rows.owner).objects.update(date_joined=old, last_login=old)
        self.rows.api.Ping.objects.update(created=old)
        profiles.update(last_active_date=old, deletion_scheduled_date=self.rows.now + timedelta(days=14))
        for name in ("sendinactivitynotices", "senddeletionscheduled"):
            print(name, call_command(name))


def main() -> None:
    """Make a database for tests, fill it, and ask."""
    import_module("django").setup()
    settings = import_module("django.conf").settings
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
    import_module("django.test.utils").setup_test_environment()
    runner = import_module("django.test.runner").DiscoverRunner(interactive=False, verbosity=0)
    databases = runner.setup_databases()
    time: Any = import_module("time")
    time.sleep = lambda _seconds: None  # commands pause between messages
    try:
        driver = Driver(Rows())
        driver.lists()
        driver.commands()
        driver.writes()
    finally:
        runner.teardown_databases(databases)


if __name__ == "__main__":
    main()
