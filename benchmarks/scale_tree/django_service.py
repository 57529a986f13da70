"""The files of a service of Django and Django REST framework."""

from __future__ import annotations

from random import Random
from string import Template

from scale_tree.words import Entity, camel

COLUMNS = {
    "int": "models.IntegerField(default=0)",
    "str": "models.CharField(max_length=200)",
    "Decimal": "models.DecimalField(max_digits=12, decimal_places=2)",
    "bool": "models.BooleanField(default=False)",
}
MODEL = Template('''
class $cls(Stamped):
    """A row of the $name table."""

$columns
    $other = models.ForeignKey("$other_cls", null=True, on_delete=models.CASCADE, related_name="+")
    parent = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="children")

    class Meta:
        ordering = ["$first"]

    def __str__(self) -> str:
        return f"$name {self.pk}: {self.$first}"

    @property
    def depth(self) -> int:
        """Return how many rows are above."""
        return 0 if self.parent is None else self.parent.depth + 1
''')
SERIALIZER = Template('''
class ${cls}Serializer(serializers.ModelSerializer):
    """What a client is told of a $name."""

    label = serializers.SerializerMethodField()

    class Meta:
        model = $cls
        fields = ["id", "$first", "$second", "$other", "label"]

    def get_label(self, row: $cls) -> str:
        """Return what people read."""
        return $label

    def validate_$first(self, value: object) -> object:
        """Raise what is wrong with a value, or return it."""
        if value in (None, ""):
            raise serializers.ValidationError("$first is missing")
        return value
''')
LABELS = ('f"{row.$first} ({row.pk})"', "str(row)", "str(row.$other)", 'f"{row.children.count()} below {row.$first}"')
VIEW = Template('''
class ${cls}ViewSet(viewsets.ModelViewSet):
    """Rows of $name over HTTP."""

    queryset = $cls.objects$joined.all()
    serializer_class = ${cls}Serializer
    permission_classes = [IsAuthenticated]

    def perform_create(self, serializer: ${cls}Serializer) -> None:
        """Keep a $name and tell the other side."""
        row = serializer.save()
        ${cls}Service().opened(row)
        refresh_$name.delay([row.pk])

    @action(detail=False)
    def board(self, request: Request) -> Response:
        """Return the numbers of the board."""
        return Response(${cls}Service().totals(request.query_params.get("$first", "")))

    @action(detail=True, methods=["post"])
    def close(self, request: Request, pk: int) -> Response:
        """Close one."""
        audit(request.user, "close", pk)
        return Response({"closed": ${cls}Service().close(self.get_object())})
''')
SERVICE = Template('''
class ${cls}Service:
    """What can be done with $name."""

    def __init__(self) -> None:
        self.client = $client()

    def opened(self, row: $cls) -> None:
        """Tell the other side of a $name."""
        self.client.announce("$name", row.pk)
        logger.info("opened $name %s", row.pk)

    def totals(self, value: str) -> dict[str, object]:
        """Return the numbers of the board."""
        result: dict[str, object] = {}
        for row in $cls.objects.filter($first=value)$limit:
            $extra
        return result

    def close(self, row: $cls) -> int:
        """Close a $name; return how many rows hang on it."""
        with transaction.atomic():
            hanging = list($other_cls.objects.filter($other_first=row.pk))
            for one in hanging:
                one.$other_first = $rule([one, row], row.pk)
            $other_cls.objects.bulk_update(hanging, ["$other_first"])
        return len(hanging)

    def export(self) -> list[tuple[object, ...]]:
        """Return what goes to the accountants."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT $first, $second FROM ${package}_$name WHERE $first = %s LIMIT 1000", ["$number"])
            return cursor.fetchall()
''')
EXTRAS = (
    "result[row.$first] = row.${other}_id",
    "result[row.$first] = str(row.$other)",
    "result[row.$first] = $rule([row], $number)",
    'result[row.$first] = self.client.fetch("$name", row.pk)',
    "result[row.$first] = $other_cls.objects.filter($other_first=row.pk).count()",
)
TASK = Template('''
@app.task(bind=True, max_retries=$retries)
def refresh_$name(self, keys: list[int]) -> int:
    """Bring $name up to date with the other side."""
    done = 0
    for row in $cls.objects.filter(pk__in=keys):
        row.$first = $rule([row], done)
        done += 1
        $save
    return done
''')
ADMIN = Template('''
@admin.register($cls)
class ${cls}Admin(admin.ModelAdmin):
    """Rows of $name for the office."""

    list_display = ["$first", "$second", "$other"]
    search_fields = ["$first"]
''')
IMPORTS = {
    "models": "from django.db import models\n\nfrom platform_core.stamped import Stamped",
    "serializers": "from rest_framework import serializers\n\nfrom $package.models import $classes",
    "views": "from rest_framework import viewsets\nfrom rest_framework.decorators import action\n"
    "from rest_framework.permissions import IsAuthenticated\nfrom rest_framework.request import Request\n"
    "from rest_framework.response import Response\n\nfrom platform_core import audit\n"
    "from $package.models import $classes\nfrom $package.serializers import $serializers\n"
    "from $package.services import $services\nfrom $package.tasks import $tasks",
    "services": "from django.db import connection, transaction\n\nfrom $package.clients import $client\n"
    "from $package.models import $classes\nfrom $package.rules import $rules",
    "tasks": "from platform_core import app\nfrom $package.models import $classes\nfrom $package.rules import $rules",
    "admin": "from django.contrib import admin\n\nfrom $package.models import $classes",
}
BLOCKS = {
    "models": MODEL,
    "serializers": SERIALIZER,
    "views": VIEW,
    "services": SERVICE,
    "tasks": TASK,
    "admin": ADMIN,
}
ENTRY = "urls"
APPLICATION = Template("""
from rest_framework.routers import DefaultRouter

from $package.views import $views

router = DefaultRouter()
$registered
urlpatterns = router.urls
""")


def names(random: Random, entity: Entity, other: Entity) -> dict[str, str]:
    """Return what the blocks call the parts of an entity."""
    (first, _), (second, _) = entity.fields[:2]
    return {
        "columns": "\n".join(f"    {name} = {COLUMNS[kind]}" for name, kind in entity.fields),
        "first": first,
        "second": second,
        "other": other.name,
        "other_cls": camel(other.name),
        "other_first": other.fields[0][0],
        "joined": random.choice(("", f'.select_related("{other.name}")')),
        "limit": random.choice(("", "[:200]")),
        "save": random.choice(("row.save()", f'row.save(update_fields=["{first}"])', "row.touch()")),
        "extra": random.choice(EXTRAS),
        "label": random.choice(LABELS),
    }
