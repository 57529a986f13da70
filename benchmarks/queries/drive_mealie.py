"""Ask mealie for all its lists, and run what it does for many rows, with several rows of everything.

It runs inside the recorder, in a checkout of mealie:

    VENV/bin/python record_counts.py --root . --folder mealie --orm sqlalchemy --out FILE -- drive_mealie.py
"""

from __future__ import annotations

import os
import sys
import tempfile
from datetime import datetime, timedelta, timezone
from importlib import import_module
from pathlib import Path
from typing import Any

ROWS = 4
NAMES = ("apple", "bread", "carrot", "date")

sys.path.insert(0, str(Path.cwd()))


class Driver:
    """Sends requests as mealie's first administrator, and prints what came back."""

    def __init__(self) -> None:
        app = import_module("mealie.app").app
        import_module("mealie.db.init_db").main()
        self.client = import_module("fastapi.testclient").TestClient(app, raise_server_exceptions=False)
        settings = import_module("mealie.core.config").get_app_settings()
        login = {"username": settings._DEFAULT_EMAIL, "password": settings._DEFAULT_PASSWORD}  # noqa: SLF001
        token = self.client.post("/api/auth/token", data=login).json()["access_token"]
        self.client.headers["Authorization"] = f"Bearer {token}"
        self.paths = sorted(path for path, methods in app.openapi()["paths"].items() if "get" in methods)
        self.made: dict[str, list[Any]] = {}

    def ask(self, method: str, path: str, **rest: Any) -> Any:
        """Send a request, and return what came back."""
        answer = self.client.request(method, path, **rest)
        print(answer.status_code, method, path)
        return answer.json() if answer.headers.get("content-type") == "application/json" else None

    def make(self, path: str, **fields: Any) -> None:
        """Make several rows; `{name}`, `{n}` and the rows that were made before stand in the fields."""
        for number, name in enumerate(NAMES):
            row = {key: _filled(value, name, number) for key, value in fields.items()}
            self.made.setdefault(path, []).append(self.ask("POST", path, json=row))

    def fill(self) -> None:
        """Make several rows of everything."""
        for kind in ("categories", "tags", "tools"):
            self.make(f"/api/organizers/{kind}", name="{name}")
        self.make("/api/groups/labels", name="{name}")
        labels = [row["id"] for row in self.made["/api/groups/labels"]]
        self.make("/api/foods", name="{name}", labelId=labels, aliases=[[{"name": "a"}, {"name": "b"}]] * ROWS)
        self.make("/api/units", name="unit {name}")
        self.make("/api/recipes", name="{name}")
        self._recipes()
        recipes = [row["id"] for row in self.recipes]
        self.make("/api/comments", recipeId=recipes, text="{name}")
        for recipe in self.recipes[1:]:
            self.ask("POST", "/api/comments", json={"recipeId": self.recipes[0]["id"], "text": recipe["name"]})
        self.make("/api/recipes/timeline/events", recipeId=recipes, subject="{name}", eventType="info")
        self.make("/api/shared/recipes", recipeId=recipes)
        today = datetime.now(timezone.utc).date().isoformat()
        self.make("/api/households/mealplans", date=today, entryType="dinner", recipeId=recipes)
        self.make("/api/households/mealplans/rules", day="unset", entryType="unset", queryFilterString="")
        cookbook = {"name": "{name}", "queryFilterString": 'recipe_category.name IN ["apple", "bread"]'}
        self.make("/api/households/cookbooks", **cookbook)
        self.make("/api/households/webhooks", name="{name}", url="http://localhost:1/", scheduledTime=["12:00"] * ROWS)
        self.make("/api/households/events/notifications", name="{name}", appriseUrl="json://localhost:1")
        self.make("/api/households/recipe-actions", actionType="link", title="{name}", url="http://localhost:1/")
        self.make("/api/households/invitations", uses=[1] * ROWS)
        self.make("/api/admin/households", name="house {name}", groupId=[self.recipes[0]["groupId"]] * ROWS)
        self._users()
        self._shopping()

    def _recipes(self) -> None:
        kinds = [self.made[f"/api/organizers/{kind}"] for kind in ("categories", "tags", "tools")]
        slugs = self.made["/api/recipes"]
        for slug in slugs:
            recipe = self.ask("GET", f"/api/recipes/{slug}")
            recipe["recipeCategory"], recipe["tags"], recipe["tools"] = kinds
            recipe["recipeIngredient"] = [
                {"quantity": 1, "food": food, "unit": unit, "note": "note"}
                for food, unit in zip(self.made["/api/foods"], self.made["/api/units"], strict=True)
            ]
            recipe["recipeInstructions"] = [{"text": name, "ingredientReferences": []} for name in NAMES]
            recipe["notes"] = [{"title": name, "text": name} for name in NAMES]
            self.ask("PUT", f"/api/recipes/{slug}", json=recipe)
        self.recipes = [self.ask("GET", f"/api/recipes/{slug}") for slug in slugs]

    def _users(self) -> None:
        group, household = self.ask("GET", "/api/groups/self"), self.ask("GET", "/api/households/self")
        fields = {"fullName": "{name}", "username": "{name}", "email": "{name}@example.org", "password": "password"}
        self.make("/api/admin/users", group=group["name"], household=household["name"], **fields)
        self.me = self.ask("GET", "/api/users/self")
        self.group = group["slug"]
        for recipe in self.recipes:
            self.ask("POST", f"/api/users/{self.me['id']}/ratings/{recipe['slug']}", json={"rating": 4})
            self.ask("POST", f"/api/users/{self.me['id']}/favorites/{recipe['slug']}")

    def _shopping(self) -> None:
        lists = "/api/households/shopping/lists"
        self.make(lists, name="{name}")
        first = self.made[lists][0]["id"]
        items = [{"shoppingListId": first, "note": name, "quantity": 1} for name in NAMES]
        made = self.ask("POST", "/api/households/shopping/items/create-bulk", json=items)
        for recipe in self.recipes:
            self.ask("POST", f"{lists}/{first}/recipe/{recipe['id']}")
        for item in made["createdItems"]:
            item["checked"] = True
        self.ask("PUT", "/api/households/shopping/items", json=made["createdItems"])

    def lists(self) -> None:
        """Ask for everything that can be got."""
        slug = self.recipes[0]["slug"]
        for path in self.paths:
            if any(part in path for part in ("/oauth", "/media", "/download", "/test")):
                continue
            collection = path.partition("/{item_id}")[0]
            known = {"{slug}": slug, "{recipe_slug}": slug, "{group_slug}": self.group, "{id}": self.me["id"]}
            one = self.made.get(collection)
            if one and one[0] and isinstance(one[0], dict):
                known["{item_id}"] = str(one[0].get("id"))
            for name, value in known.items():
                path = path.replace(name, value)  # noqa: PLW2901 - filled step by step
            if "{" not in path:
                self.ask("GET", path)
        self.ask("GET", "/api/recipes", params={"perPage": -1, "search": "apple", "orderBy": "name"})

    def writes(self) -> None:
        """Do what changes many rows."""
        slugs = [recipe["slug"] for recipe in self.recipes]
        bulk = "/api/recipes/bulk-actions"
        kinds = {kind: self.made[f"/api/organizers/{kind}"] for kind in ("categories", "tags")}
        self.ask("POST", f"{bulk}/tag", json={"recipes": slugs, "tags": kinds["tags"]})
        self.ask("POST", f"{bulk}/categorize", json={"recipes": slugs, "categories": kinds["categories"]})
        self.ask("POST", f"{bulk}/settings", json={"recipes": slugs, "settings": self.recipes[0]["settings"]})
        for _ in range(ROWS):
            self.ask("POST", f"{bulk}/export", json={"recipes": slugs, "exportType": "json"})
        self.ask("DELETE", f"{bulk}/export/purge")
        recipes = [self.ask("GET", f"/api/recipes/{slug}") for slug in slugs]
        self.ask("PUT", "/api/recipes", json=recipes)
        self.ask("PATCH", "/api/recipes", json=recipes)
        self.ask("PUT", "/api/households/cookbooks", json=self.made["/api/households/cookbooks"])
        self.ask("POST", f"/api/recipes/{slugs[0]}/duplicate", json={"name": "again"})
        parsed = {"parser": "brute", "ingredients": [f"1 cup {name}" for name in NAMES]}
        self.ask("POST", "/api/parser/ingredients", json=parsed)
        page = '<script type="application/ld+json">{"@context": "https://schema.org", "@type": "Recipe", "name": "x", '
        page += '"keywords": "one, two, three", "recipeIngredient": ["1 egg"], "recipeInstructions": "cook"}</script>'
        self.ask("POST", "/api/recipes/create/html-or-json", json={"data": page, "includeTags": True})
        for kind in ("labels", "units", "foods"):
            self.ask("POST", f"/api/groups/seeders/{kind}", json={"locale": "en-US"})
        self.ask("POST", "/api/households/webhooks/rerun")
        self.ask("POST", "/api/admin/users/unlock")
        self.ask("POST", "/api/admin/backups")
        self.ask("POST", f"{bulk}/delete", json={"recipes": slugs[1:]})

    def tasks(self) -> None:
        """Run what mealie does on a schedule."""
        tasks = "mealie.services.scheduler.tasks"
        import_module(f"{tasks}.create_timeline_events").create_mealplan_timeline_events()
        yesterday = datetime.now(timezone.utc) - timedelta(days=1)
        trimming: Any = import_module(f"{tasks}.delete_old_checked_shopping_list_items")
        trimming.MAX_CHECKED_ITEMS = 1
        trimming.delete_old_checked_list_items()
        import_module(f"{tasks}.post_webhooks").post_group_webhooks(yesterday)
        for name, task in (
            ("purge_group_exports", "purge_group_data_exports"), ("purge_registration", "purge_group_registration"),
            ("reset_locked_users", "locked_user_reset"), ("purge_password_reset", "purge_password_reset_tokens"),
        ):  # fmt: skip
            getattr(import_module(f"{tasks}.{name}"), task)()


def _filled(value: Any, name: str, number: int) -> Any:
    if isinstance(value, list):
        return value[number]
    return value.format(name=name) if isinstance(value, str) and "{name}" in value else value


def main() -> None:
    """Make a database in a folder of its own, fill it, and ask."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(PRODUCTION="True", TESTING="True", ALLOW_SIGNUP="True", DATA_DIR=folder)
        driver = Driver()
        driver.fill()
        driver.lists()
        driver.tasks()
        driver.writes()


if __name__ == "__main__":
    main()
