"""The catalogue of models and tables: small projects in each ORM, and the rows that they make."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from archlint.knowledge import knowledge
from archlint.lowering import lower
from archlint.project.inference.members import attribute
from archlint.project.project import Project
from archlint.project.schema.model import Place
from archlint.project.values import Instance
from archlint.source import Kind, SourceFile

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archlint.ir.module import ModuleFacts
    from archlint.project.schema import Schema
    from archlint.project.schema.model import Field, Relation
    from archlint.project.symbols import ClassDefinition


def linked(files: Mapping[str, str]) -> Project:
    """Return the project of some modules."""
    return Project([_facts(path, text) for path, text in files.items()], {}, knowledge())


def _facts(path: str, text: str) -> ModuleFacts:
    name = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    source = SourceFile.of(path, dedent(text), Kind.PYTHON)
    facts, problem = lower(source, name, is_package=path.endswith("__init__.py"))
    assert facts is not None, problem
    return facts


def django(text: str, **files: str) -> Project:
    """Return a project with one Django app, `shop`."""
    head = "from django.db import models\nfrom django.conf import settings\n"
    others = {path.replace("__", "/") + ".py": other for path, other in files.items()}
    return linked({"shop/models.py": head + dedent(text), **others})


def class_of(project: Project, name: str) -> ClassDefinition:
    """Return the class of a project with a name."""
    found = [one for module in project.modules for one in module.classes.values() if one.row.name == name]
    assert len(found) == 1, found
    return found[0]


def field_line(one: Field) -> str:
    """Return a field as the tables below write it."""
    marks = [mark for mark in ("primary_key", "nullable", "unique", "indexed", "has_default") if getattr(one, mark)]
    length = [f"max={one.max_length}"] if one.max_length is not None else []
    points = [f"-> {one.references}"] if one.references else []
    return " ".join([f"{one.table}.{one.column}", one.kind.rpartition(".")[2] or "_", *marks, *length, *points])


def relation_line(one: Relation) -> str:
    """Return a relation as the tables below write it."""
    words = [one.name, one.kind.value, "many" if one.many else "one", one.target_name.rpartition(".")[2] or "_"]
    words += [f"id={one.id_attribute}"] if one.id_attribute else []
    words += [f"back={one.remote_name}"] if one.remote_name else []
    words += [f"through={one.through}"] if one.through else []
    words += [one.lazy] if one.lazy != "select" else []
    words += ["nullable"] if one.nullable else []
    return " ".join([*words, *(["known-parent"] if one.sets_known_parent else [])])


def fields(project: Project, name: str) -> list[str]:
    model = project.schema.model(class_of(project, name))
    assert model is not None
    return [field_line(one) for one in model.fields]


def relations(project: Project, name: str) -> list[str]:
    return sorted(relation_line(one) for one in project.schema.relations(class_of(project, name)))


def table_names(schema: Schema) -> list[str]:
    return [one.name for one in schema.tables]


class TestDjangoTables:
    def test_names_come_from_the_app_and_the_class(self) -> None:
        project = django(
            """
            class Order(models.Model):
                total = models.DecimalField(max_digits=9, decimal_places=2, null=True)
                code = models.CharField("code", max_length=20, unique=True, default="")
                slug = models.SlugField(db_column="address")
            """
        )
        assert fields(project, "Order") == [
            "shop_order.id _ primary_key unique",
            "shop_order.total DecimalField nullable",
            "shop_order.code CharField unique has_default max=20",
            "shop_order.address SlugField indexed max=50",
        ]

    @pytest.mark.parametrize(
        ("meta", "expected"),
        [
            ("db_table = 'orders'", "orders"),
            ("app_label = 'old'", "old_order"),
            ("db_table = TABLE", "legacy"),
            ("verbose_name = 'order'", "shop_order"),
        ],
    )
    def test_meta_decides(self, meta: str, expected: str) -> None:
        project = django(f"TABLE = 'legacy'\nclass Order(models.Model):\n    class Meta:\n        {meta}\n")
        assert table_names(project.schema) == [expected]

    def test_an_app_config_gives_the_label_and_the_kind_of_keys(self) -> None:
        project = django(
            "class Order(models.Model): pass",
            shop__apps="""
                from django.apps import AppConfig
                class ShopConfig(AppConfig):
                    name = "shop"
                    label = "store"
                    default_auto_field = "django.db.models.BigAutoField"
            """,
        )
        assert fields(project, "Order") == ["store_order.id BigAutoField primary_key unique"]

    def test_settings_give_the_kind_of_keys(self) -> None:
        project = django("class Order(models.Model): pass", conf="DEFAULT_AUTO_FIELD = 'django.db.models.BigAutoField'")
        assert fields(project, "Order") == ["shop_order.id BigAutoField primary_key unique"]

    def test_indexes_and_constraints(self) -> None:
        project = django(
            """
            class Order(models.Model):
                customer = models.ForeignKey("Customer", models.CASCADE)
                code = models.CharField(max_length=20, unique=True)
                day = models.DateField(db_index=True)

                class Meta:
                    unique_together = ("customer", "day")
                    indexes = [models.Index(fields=["-day", "code"], name="%(class)s_day")]
                    constraints = [
                        models.UniqueConstraint(fields=["code"], condition=models.Q(day=None), name="open"),
                        models.CheckConstraint(condition=models.Q(code="x"), name="code"),
                    ]

            class Customer(models.Model):
                pass
            """
        )
        table = project.schema.table("shop_order")
        assert table is not None
        assert [(one.columns, one.name, one.is_partial) for one in table.indexes] == [
            (("day", "code"), "order_day", False),
            (("customer_id",), "", False),
            (("day",), "", False),
        ]
        assert [(one.kind, one.columns, one.name, one.is_partial) for one in table.constraints] == [
            ("unique", ("code",), "open", True),
            ("check", (), "code", False),
            ("unique", ("customer_id", "day"), "", False),
            ("unique", ("code",), "", False),
            ("foreign_key", ("customer_id",), "", False),
        ]
        assert (table.primary_key, [one.row.name for one in table.models]) == (("id",), ["Order"])

    def test_a_field_class_of_the_project_passes_words_on(self) -> None:
        project = django(
            """
            LENGTH = 6

            class ColorField(models.CharField):
                def __init__(self, *args, **kwargs):
                    kwargs["max_length"] = LENGTH
                    kwargs.setdefault("null", True)
                    super().__init__(*args, db_index=True, **kwargs)

            class Tag(models.Model):
                color = ColorField()
                plain = ColorField(null=False)
            """
        )
        assert fields(project, "Tag")[1:] == [
            "shop_tag.color ColorField nullable indexed max=6",
            "shop_tag.plain ColorField indexed max=6",
        ]

    def test_a_function_may_make_a_field(self) -> None:
        project = django(
            "def money(): return models.IntegerField(null=True)\nclass A(models.Model):\n    price = money()"
        )
        assert fields(project, "A")[1:] == ["shop_a.price IntegerField nullable"]

    def test_a_field_lies_where_it_is_declared(self) -> None:
        project = django("class A(models.Model):\n    day = models.DateField()\n")
        found = project.schema.field(class_of(project, "A"), "day")
        assert found is not None
        assert isinstance(found.place, Place)
        assert found.owner is class_of(project, "A")
        length = len("day = models.DateField()")
        assert (found.place.unit.line, found.place.end - found.place.start) == (4, length)


class TestDjangoInheritance:
    SOURCE = """
        class Stamped(models.Model):
            created = models.DateTimeField()
            note = models.TextField()

            class Meta:
                abstract = True
                ordering = ["-created"]
                db_table = "shared"

        class Place(Stamped):
            note = None
            name = models.CharField(max_length=10)

            class Meta(Stamped.Meta):
                db_table = "places"

        class Restaurant(Place):
            stars = models.IntegerField()

        class Nearby(Place):
            class Meta:
                proxy = True

        class Bar(Place):
            where = models.OneToOneField(Place, models.CASCADE, parent_link=True, primary_key=True)
    """

    def test_abstract_models_hand_on_fields_and_options(self) -> None:
        project = django(self.SOURCE)
        place, stamped = (project.schema.model(class_of(project, name)) for name in ("Place", "Stamped"))
        assert place is not None
        assert stamped is not None
        assert (stamped.is_abstract, stamped.table, place.is_abstract) == (True, "", False)
        assert place.ordering == ("-created",)
        assert fields(project, "Place") == [
            "places.id _ primary_key unique",
            "places.created DateTimeField",
            "places.name CharField max=10",
        ]

    def test_a_child_has_a_table_of_its_own(self) -> None:
        # It finds the `Meta` of the abstract model above its parent, as Django does.
        project = django(self.SOURCE)
        assert fields(project, "Restaurant") == [
            *fields(project, "Place"),
            "shared.place_ptr_id OneToOneField primary_key unique indexed -> shop.models.Place",
            "shared.stars IntegerField",
        ]
        model = project.schema.model(class_of(project, "Restaurant"))
        assert model is not None
        assert model.parents == (class_of(project, "Place"),)

    def test_a_parent_link_may_be_written(self) -> None:
        assert fields(django(self.SOURCE), "Bar")[3:] == [
            "shared.where_id OneToOneField primary_key unique indexed -> shop.models.Place"
        ]

    def test_a_proxy_has_the_table_of_what_it_stands_for(self) -> None:
        project = django(self.SOURCE)
        model = project.schema.model(class_of(project, "Nearby"))
        assert model is not None
        assert (model.table, model.is_proxy) == ("places", True)
        assert fields(project, "Nearby") == fields(project, "Place")

    def test_the_parent_reaches_its_children(self) -> None:
        project = django(self.SOURCE)
        assert relations(project, "Place") == [
            "bar reverse_one_to_one one Bar back=where nullable known-parent",
            "restaurant reverse_one_to_one one Restaurant back=place_ptr nullable known-parent",
        ]

    def test_models_of_libraries_bring_their_fields(self) -> None:
        project = django(
            "from django.contrib.auth.models import AbstractBaseUser\n"
            "class User(AbstractBaseUser):\n    email = models.EmailField(unique=True)"
        )
        assert fields(project, "User") == [
            "shop_user.id _ primary_key unique",
            "shop_user.password CharField max=128",
            "shop_user.last_login DateTimeField nullable",
            "shop_user.email EmailField unique max=254",
        ]


class TestDjangoRelations:
    SOURCE = """
        from django.contrib.contenttypes.fields import GenericForeignKey, GenericRelation
        from django.contrib.contenttypes.models import ContentType

        class Owned(models.Model):
            owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True,
                                      related_name="%(app_label)s_%(class)ss")
            class Meta:
                abstract = True

        class Company(models.Model):
            notes = GenericRelation("Note")

        class Customer(models.Model):
            company = models.ForeignKey(Company, models.CASCADE)
            friends = models.ManyToManyField("self")
            card = models.OneToOneField("shop.Card", models.CASCADE)
            hidden = models.ForeignKey(Company, models.CASCADE, related_name="+")

        class Card(models.Model):
            pass

        class Order(Owned):
            customer = models.ForeignKey(Customer, models.CASCADE, related_name="orders", related_query_name="order")
            products = models.ManyToManyField("Product", through="Line")
            tags = models.ManyToManyField("Product", related_name="tagged")

        class Product(models.Model):
            pass

        class Line(models.Model):
            order = models.ForeignKey(Order, models.CASCADE)
            product = models.ForeignKey(Product, models.CASCADE)
            class Meta:
                default_related_name = "lines"

        class Note(models.Model):
            kind = models.ForeignKey(ContentType, models.CASCADE, null=True)
            key = models.IntegerField()
            about = GenericForeignKey("kind", "key")
    """
    FILES = {  # noqa: RUF012 - read only
        "people__models": """
            from django.contrib.auth.models import AbstractUser
            class User(AbstractUser):
                pass
        """,
        "conf": "AUTH_USER_MODEL = 'people.User'",
    }

    @pytest.mark.parametrize(
        ("model", "expected"),
        [
            (
                "Customer",
                [
                    "card one_to_one one Card id=card_id back=customer known-parent",
                    "company foreign_key one Company id=company_id back=customer_set",
                    "friends many_to_many many Customer through=shop_customer_friends",
                    "hidden foreign_key one Company id=hidden_id",
                    "orders reverse_foreign_key many Order back=customer known-parent",
                ],
            ),
            (
                "Company",
                [
                    "customer_set reverse_foreign_key many Customer back=company known-parent",
                    "notes generic_relation many Note",
                ],
            ),
            (
                "Order",
                [
                    "customer foreign_key one Customer id=customer_id back=orders",
                    "lines reverse_foreign_key many Line back=order known-parent",
                    "owner foreign_key one User id=owner_id back=shop_orders nullable",
                    "products many_to_many many Product back=order_set through=shop.models.Line",
                    "tags many_to_many many Product back=tagged through=shop_order_tags",
                ],
            ),
            (
                "Product",
                [
                    "lines reverse_foreign_key many Line back=product known-parent",
                    "order_set reverse_many_to_many many Order back=products through=shop.models.Line",
                    "tagged reverse_many_to_many many Order back=tags through=shop_order_tags",
                ],
            ),
            ("Card", ["customer reverse_one_to_one one Customer back=card nullable known-parent"]),
            (
                "Note",
                [
                    "about generic_foreign_key one _ id=key nullable",
                    "kind foreign_key one ContentType id=kind_id back=note_set nullable",
                ],
            ),
        ],
    )  # fmt: skip
    def test_both_ends(self, model: str, expected: list[str]) -> None:
        assert relations(django(self.SOURCE, **self.FILES), model) == expected

    def test_the_model_of_users_is_that_of_the_settings(self) -> None:
        project = django(self.SOURCE, **self.FILES)
        assert relation_line_of(project, "User", "shop_orders") == (
            "shop_orders reverse_foreign_key many Order back=owner known-parent"
        )

    def test_without_a_setting_users_are_the_librarys(self) -> None:
        project = django(self.SOURCE)
        owner = project.schema.relation(class_of(project, "Order"), "owner")
        assert owner is not None
        assert (owner.target, owner.target_name) == (None, "django.contrib.auth.models.User")

    def test_conditions_call_the_other_end_by_another_name(self) -> None:
        project = django(self.SOURCE)
        found = project.schema.relation(class_of(project, "Customer"), "orders")
        assert found is not None
        assert (found.query_name, found.source) == ("order", class_of(project, "Order"))

    def test_the_key_leads_to_the_field(self) -> None:
        project = django(self.SOURCE)
        found = project.schema.field(class_of(project, "Order"), "customer_id")
        assert found is not None
        assert field_line(found) == "shop_order.customer_id ForeignKey indexed -> shop.models.Customer"

    def test_a_table_lies_between_many_and_many(self) -> None:
        table = django(self.SOURCE).schema.table("shop_customer_friends")
        assert table is not None
        assert [one.column for one in table.columns] == ["id", "from_customer_id", "to_customer_id"]
        assert ("unique", ("from_customer_id", "to_customer_id")) in [
            (one.kind, one.columns) for one in table.constraints
        ]

    def test_a_foreign_key_of_the_project_or_of_a_library_is_one(self) -> None:
        project = django(
            """
            from mptt.models import MPTTModel, TreeForeignKey

            class Own(models.ForeignKey):
                def __init__(self, *args, **kwargs):
                    kwargs["null"] = True
                    super().__init__(*args, **kwargs)

            class Node(MPTTModel):
                parent = TreeForeignKey("self", models.CASCADE, related_name="children")
                near = Own("Node", models.CASCADE)
            """
        )
        assert relations(project, "Node") == [
            "children reverse_foreign_key many Node back=parent known-parent",
            "near foreign_key one Node id=near_id back=node_set nullable",
            "node_set reverse_foreign_key many Node back=near known-parent",
            "parent foreign_key one Node id=parent_id back=children",
        ]

    def test_a_name_with_two_claims_is_left_out(self) -> None:
        project = django(
            """
            class A(models.Model): pass
            class B(models.Model):
                one = models.ForeignKey(A, models.CASCADE)
                two = models.ForeignKey(A, models.CASCADE)
            """
        )
        assert relations(project, "A") == []


def relation_line_of(project: Project, model: str, name: str) -> str:
    found = project.schema.relation(class_of(project, model), name)
    assert found is not None
    return relation_line(found)


class TestFollowedAndJoined:
    SOURCE = """
        from django.utils.functional import cached_property

        class Company(models.Model):
            name = models.TextField()

        class Customer(models.Model):
            company = models.ForeignKey(Company, models.CASCADE)
            def __str__(self):
                return self.company.name

        class OrderQuerySet(models.QuerySet):
            def full(self):
                return self.with_customer().prefetch_related("lines")
            def with_customer(self):
                return self.select_related("customer__company")
            def maybe(self, deep):
                if deep:
                    return self.select_related("customer")
                return self.all()

        class OpenManager(models.Manager.from_queryset(OrderQuerySet)):
            def get_queryset(self):
                return super().get_queryset().select_related("customer")

        class Order(models.Model):
            customer = models.ForeignKey(Customer, models.CASCADE)
            objects = OrderQuerySet.as_manager()
            open = OpenManager()

            def __str__(self):
                return f"{self.customer}"
            @property
            def label(self):
                return self.customer.company.name
            @cached_property
            def title(self):
                return self.label.upper()
            @property
            def key(self):
                return self.customer_id
            def move(self, to):
                self.customer = to
            def count(self):
                return self.lines.count()

        class Line(models.Model):
            order = models.ForeignKey(Order, models.CASCADE, related_name="lines")
    """

    @pytest.mark.parametrize(
        ("member", "expected"),
        [
            ("__str__", ("customer.company",)),
            ("label", ("customer.company",)),
            ("title", ("customer.company",)),
            ("key", ()),
            ("move", ()),
            ("count", ("lines",)),
            ("absent", ()),
        ],
    )
    def test_members_follow_relations(self, member: str, expected: tuple[str, ...]) -> None:
        project = django(self.SOURCE)
        assert project.schema.followed(class_of(project, "Order"), member) == expected

    @pytest.mark.parametrize(
        ("owner", "member", "expected"),
        [
            ("Order", "open", {"customer"}),
            ("Order", "objects", set()),
            ("Order", "full", {"customer.company", "lines"}),
            ("OrderQuerySet", "full", {"customer.company", "lines"}),
            ("OrderQuerySet", "maybe", set()),
            ("OpenManager", "get_queryset", {"customer"}),
        ],
    )
    def test_managers_and_querysets_join(self, owner: str, member: str, expected: set[str]) -> None:
        project = django(self.SOURCE)
        assert project.schema.joined(class_of(project, owner), member) == expected

    def test_managers_are_known(self) -> None:
        project = django(self.SOURCE)
        model = project.schema.model(class_of(project, "Order"))
        assert model is not None
        queryset = class_of(project, "OrderQuerySet")
        assert [(one.name, one.definition, one.queryset) for one in model.managers] == [
            ("objects", None, queryset),
            ("open", class_of(project, "OpenManager"), queryset),
        ]
        assert model.default_manager == "objects"


class TestSqlAlchemy:
    CLASSIC = """
        from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint
        from sqlalchemy.orm import backref, declarative_base, declared_attr, deferred, relationship

        Base = declarative_base()

        class Named:
            @declared_attr
            def __tablename__(cls):
                return cls.__name__.lower() + "s"
            id = Column(Integer, primary_key=True)

        memberships = Table(
            "memberships", Base.metadata,
            Column("user_id", ForeignKey("users.id"), primary_key=True),
            Column("team_id", Integer, ForeignKey("teams.id"), primary_key=True),
            Index("ix_team", "team_id"),
        )

        class User(Named, Base):
            __table_args__ = (UniqueConstraint("mail", "name", name="both"), {"schema": "app"})
            name = Column("full_name", String(40), nullable=False, index=True, default="")
            mail = Column(String, unique=True)
            notes = deferred(Column(String))
            teams = relationship("Team", secondary=memberships, back_populates="users", lazy="selectin")
            orders = relationship("Order", back_populates="user", lazy="dynamic")
            profile = relationship("Profile", uselist=False, backref=backref("user", lazy="joined"))

        class Team(Named, Base):
            users = relationship(User, secondary="memberships", back_populates="teams")

        class Order(Named, Base):
            user_id = Column(Integer, ForeignKey("users.id"), nullable=False)
            parent_id = Column(Integer, ForeignKey("orders.id"))
            user = relationship(lambda: User, back_populates="orders")
            parent = relationship("Order", remote_side="Order.id", backref="children")

        class Profile(Named, Base):
            user_id = Column(ForeignKey(User.id), unique=True)
    """
    MODERN = """
        from typing import Annotated, Optional
        from datetime import datetime
        from sqlalchemy import ForeignKey, String
        from sqlalchemy.orm import DeclarativeBase, DynamicMapped, Mapped, mapped_column, relationship
        from sqlalchemy.ext.hybrid import hybrid_property

        intpk = Annotated[int, mapped_column(primary_key=True)]

        class Base(DeclarativeBase):
            created: Mapped[datetime]

        class Parent(Base):
            __tablename__ = "parents"
            id: Mapped[intpk]
            name: Mapped[Optional[str]] = mapped_column(String(30))
            kind: Mapped[str]
            children: Mapped[list["Child"]] = relationship(back_populates="parent")
            logs: DynamicMapped["Log"] = relationship()

            @hybrid_property
            def first(self):
                return self.children[0]

        class Child(Base):
            __tablename__ = "children"
            id: Mapped[int] = mapped_column(primary_key=True)
            parent_id: Mapped[int | None] = mapped_column(ForeignKey("parents.id"))
            parent: Mapped["Parent | None"] = relationship(back_populates="children", lazy="raise")
            other: Mapped["Parent"] = relationship(viewonly=True, foreign_keys="Child.parent_id")

        class Favourite(Child):
            __tablename__ = "favourites"
            id: Mapped[int] = mapped_column(ForeignKey("children.id"), primary_key=True)

        class Temporary(Child):
            until: Mapped[datetime]

        class Log(Base):
            __tablename__ = "logs"
            id: Mapped[intpk]
            parent_id: Mapped[int] = mapped_column(ForeignKey("parents.id"))
    """

    UNNAMED = """
        from sqlalchemy import Column, ForeignKey, Integer
        from sqlalchemy.orm import DeclarativeBase, declared_attr, relationship
        from naming import table_name

        class Base(DeclarativeBase):
            @declared_attr
            def __tablename__(cls):
                return table_name(cls)
            id = Column(Integer, primary_key=True)

        class Priority(Base):
            pass

        class Incident(Base):
            priority_id = Column(Integer, ForeignKey("priority.id"))
            priority = relationship("Priority")
            reports = relationship("Report")

        class Report(Base):
            incident_id = Column(Integer, ForeignKey("incident.id"))
    """

    def test_the_key_beside_it_tells_the_direction_where_the_target_has_no_known_table(self) -> None:
        project = linked({"m.py": self.UNNAMED})
        found = {one.name: one.many for one in project.schema.relations(class_of(project, "Incident"))}
        assert found == {"priority": False, "reports": True}

    def test_classic_columns(self) -> None:
        project = linked({"m.py": self.CLASSIC})
        assert fields(project, "User") == [
            "users.id Integer primary_key",
            "users.full_name String indexed has_default max=40",
            "users.mail String nullable unique",
            "users.notes String nullable",
        ]
        deferred = project.schema.field(class_of(project, "User"), "notes")
        assert deferred is not None
        assert deferred.is_deferred

    def test_classic_relations(self) -> None:
        project = linked({"m.py": self.CLASSIC})
        assert relations(project, "User") == [
            "orders relationship many Order back=user dynamic known-parent",
            "profile relationship one Profile back=user nullable",
            "teams relationship many Team back=users through=memberships selectin",
        ]
        assert relations(project, "Team") == ["users relationship many User back=teams through=memberships"]
        assert relations(project, "Order") == [
            "children relationship many Order back=parent known-parent",
            "parent relationship one Order id=parent_id back=children nullable",
            "user relationship one User id=user_id back=orders",
        ]
        assert relations(project, "Profile") == ["user relationship one User back=profile joined nullable"]

    def test_tables_without_a_model_are_in_the_catalogue(self) -> None:
        schema = linked({"m.py": self.CLASSIC}).schema
        assert table_names(schema) == ["memberships", "orders", "profiles", "teams", "users"]
        table = schema.table("memberships")
        assert table is not None
        assert (table.primary_key, table.models) == (("user_id", "team_id"), ())
        assert [(one.name, one.columns) for one in table.indexes] == [("ix_team", ("team_id",))]
        assert [(one.columns, one.references) for one in table.constraints] == [
            (("user_id",), "users.id"),
            (("team_id",), "teams.id"),
        ]

    def test_table_arguments(self) -> None:
        table = linked({"m.py": self.CLASSIC}).schema.table("users")
        assert table is not None
        assert [(one.kind, one.columns, one.name) for one in table.constraints] == [
            ("unique", ("mail", "full_name"), "both"),
            ("unique", ("mail",), ""),
        ]
        assert [one.columns for one in table.indexes] == [("full_name",)]

    def test_annotated_columns(self) -> None:
        project = linked({"m.py": self.MODERN})
        assert fields(project, "Parent") == [
            "parents.created datetime",
            "parents.id int primary_key",
            "parents.name String nullable max=30",
            "parents.kind str",
        ]
        assert fields(project, "Child")[1:] == [
            "children.id int primary_key",
            "children.parent_id int nullable -> parents.id",
        ]

    def test_annotated_relations(self) -> None:
        project = linked({"m.py": self.MODERN})
        assert relations(project, "Parent") == [
            "children relationship many Child back=parent known-parent",
            "logs relationship many Log dynamic",
        ]
        assert relations(project, "Child") == [
            "other relationship one Parent id=parent_id nullable",
            "parent relationship one Parent id=parent_id back=children raise nullable",
        ]

    def test_inheritance_joins_tables_or_shares_one(self) -> None:
        project = linked({"m.py": self.MODERN})
        base, favourite, temporary = (
            project.schema.model(class_of(project, name)) for name in ("Base", "Favourite", "Temporary")
        )
        assert base is not None
        assert favourite is not None
        assert temporary is not None
        assert (base.is_abstract, base.table) == (True, "")
        assert (favourite.table, favourite.parents) == ("favourites", (class_of(project, "Child"),))
        assert (temporary.table, temporary.parents) == ("children", ())
        assert relation_line_of(project, "Favourite", "parent").startswith("parent relationship one Parent")

    def test_hybrid_properties_follow_relations(self) -> None:
        project = linked({"m.py": self.MODERN})
        assert project.schema.followed(class_of(project, "Parent"), "first") == ("children",)

    def test_classes_are_mapped_by_calls(self) -> None:
        project = linked(
            {
                "orm.py": """
                    from sqlalchemy import Column, ForeignKey, Integer, Table
                    from sqlalchemy.orm import registry, relationship
                    from domain import Line, Order

                    mapper_registry = registry()
                    orders = Table("orders", mapper_registry.metadata, Column("id", Integer, primary_key=True))
                    lines = Table("lines", mapper_registry.metadata, Column("order_id", ForeignKey("orders.id")))

                    def start_mappers():
                        mapper_registry.map_imperatively(Line, lines)
                        mapper_registry.map_imperatively(Order, orders, properties={"lines": relationship(Line)})
                """,
                "domain.py": "class Order: pass\nclass Line: pass",
            }
        )
        assert fields(project, "Order") == ["orders.id Integer primary_key"]
        assert relations(project, "Order") == ["lines relationship many Line"]

    def test_flask_sqlalchemy_names_tables_by_itself(self) -> None:
        project = linked(
            {
                "db.py": "from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()",
                "m.py": """
                    from db import db
                    class HTTPRequest(db.Model):
                        id = db.Column(db.Integer, primary_key=True)
                        user_id = db.Column(db.Integer, db.ForeignKey("user.id"))
                        user = db.relationship("User", backref="requests")
                    class User(db.Model):
                        id = db.Column(db.Integer, primary_key=True)
                """,
            }
        )
        assert table_names(project.schema) == ["http_request", "user"]
        assert relations(project, "User") == ["requests relationship many HTTPRequest back=user known-parent"]

    def test_columns_may_be_made_by_functions_and_partials(self) -> None:
        project = linked(
            {
                "m.py": """
                    import functools
                    import sqlalchemy as sa
                    from sqlalchemy.orm import declarative_base

                    Base = declarative_base()
                    Column = functools.partial(sa.Column, nullable=False)
                    Text = sa.Column

                    def key():
                        column = sa.Column(sa.Integer, primary_key=True)
                        return column

                    class User(Base):
                        __tablename__ = "users"
                        id = key()
                        name = Column(sa.String(9))
                        note = Text(sa.Text)
                """
            }
        )
        assert fields(project, "User") == [
            "users.id Integer primary_key",
            "users.name String max=9",
            "users.note Text nullable",
        ]

    def test_sqlmodel(self) -> None:
        project = linked(
            {
                "m.py": """
                    from sqlmodel import Field, Relationship, SQLModel

                    class HeroBase(SQLModel):
                        name: str = Field(index=True, max_length=50)
                        age: int | None = None

                    class Link(SQLModel, table=True):
                        hero_id: int = Field(foreign_key="hero.id", primary_key=True)
                        team_id: int = Field(foreign_key="team.id", primary_key=True)

                    class Hero(HeroBase, table=True):
                        id: int | None = Field(default=None, primary_key=True)
                        boss_id: int | None = Field(default=None, foreign_key="team.id")
                        boss: "Team" = Relationship(back_populates="led")
                        teams: list["Team"] = Relationship(
                            link_model=Link, sa_relationship_kwargs={"lazy": "selectin"}
                        )

                    class Team(SQLModel, table=True):
                        __tablename__ = "teams"
                        id: int | None = Field(default=None, primary_key=True)
                        led: list[Hero] = Relationship(back_populates="boss")
                """
            }
        )
        assert fields(project, "Hero") == [
            "hero.name str indexed max=50",
            "hero.age int nullable has_default",
            "hero.id int primary_key has_default",
            "hero.boss_id int nullable has_default -> team.id",
        ]
        assert relations(project, "Hero") == [
            "boss relationship one Team back=led nullable",
            "teams relationship many Team through=link selectin",
        ]
        assert relations(project, "Team") == ["led relationship many Hero back=boss known-parent"]
        assert table_names(project.schema) == ["hero", "link", "teams"]


class TestOtherOrms:
    def test_tortoise(self) -> None:
        project = linked(
            {
                "m.py": """
                    from tortoise import fields
                    from tortoise.models import Model

                    class Stamped(Model):
                        created = fields.DatetimeField(null=True)
                        class Meta:
                            abstract = True

                    class Tournament(Stamped):
                        name = fields.CharField(max_length=20, unique=True)
                        class Meta:
                            table = "cups"
                            ordering = ["name"]
                            unique_together = (("name", "created"),)

                    class Event(Model):
                        key = fields.IntField(pk=True)
                        tournament = fields.ForeignKeyField("models.Tournament", related_name="events", null=True)
                        other = fields.OneToOneField("models.Tournament")
                        teams = fields.ManyToManyField("models.Team", through="event_team")

                    class Team(Model):
                        pass
                """
            }
        )
        assert fields(project, "Tournament") == [
            "cups.id IntField primary_key unique",
            "cups.created DatetimeField nullable",
            "cups.name CharField unique max=20",
        ]
        assert fields(project, "Event") == [
            "event.key IntField primary_key unique",
            "event.tournament_id ForeignKeyField nullable -> m.Tournament",
            "event.other_id OneToOneField unique -> m.Tournament",
        ]
        assert relations(project, "Event") == [
            "other one_to_one one Tournament id=other_id back=events",
            "teams many_to_many many Team back=events through=event_team",
            "tournament foreign_key one Tournament id=tournament_id back=events nullable",
        ]
        assert relations(project, "Team") == ["events reverse_many_to_many many Event back=teams through=event_team"]
        model = project.schema.model(class_of(project, "Tournament"))
        assert model is not None
        assert (model.ordering, [one.columns for one in model.constraints]) == (("name",), [("name", "created")])

    def test_peewee(self) -> None:
        project = linked(
            {
                "m.py": """
                    import peewee as pw
                    from peewee import CharField, CompositeKey, DeferredForeignKey, ForeignKeyField, Model

                    class BaseModel(Model):
                        class Meta:
                            legacy_table_names = False

                    class AppUser(BaseModel):
                        name = CharField(max_length=30, unique=True)
                        boss = ForeignKeyField("self", null=True, backref="reports")

                    class Tweet(BaseModel):
                        user = ForeignKeyField(AppUser, backref="tweets", column_name="author")
                        draft = DeferredForeignKey("Draft")
                        class Meta:
                            indexes = ((("user", "draft"), True),)

                    class Draft(pw.Model):
                        day = pw.DateField(index=True)
                        tweet = ForeignKeyField(Tweet)
                        class Meta:
                            primary_key = CompositeKey("day", "tweet")
                """
            }
        )
        assert fields(project, "AppUser") == [
            "app_user.id AutoField primary_key unique",
            "app_user.name CharField unique max=30",
            "app_user.boss_id ForeignKeyField nullable indexed -> m.AppUser",
        ]
        assert fields(project, "Draft") == [
            "draft.day DateField primary_key indexed",
            "draft.tweet_id ForeignKeyField primary_key indexed -> m.Tweet",
        ]
        assert relations(project, "AppUser") == [
            "boss foreign_key one AppUser id=boss_id back=reports nullable",
            "reports reverse_foreign_key many AppUser back=boss",
            "tweets reverse_foreign_key many Tweet back=user",
        ]
        assert relations(project, "Tweet") == [
            "draft foreign_key one Draft id=draft_id back=tweet_set",
            "draft_set reverse_foreign_key many Draft back=tweet",
            "user foreign_key one AppUser id=author back=tweets",
        ]
        model = project.schema.model(class_of(project, "Tweet"))
        assert model is not None
        assert [one.columns for one in model.constraints] == [("author", "draft_id")]


def test_a_class_that_no_orm_maps_is_no_model() -> None:
    project = linked({"m.py": "class Order:\n    customer = 1\n"})
    definition = class_of(project, "Order")
    schema = project.schema
    assert (schema.model(definition), schema.models, schema.tables) == (None, (), ())
    assert (schema.relation(definition, "customer"), schema.field(definition, "customer")) == (None, None)


def test_the_order_of_files_does_not_show() -> None:
    files = {
        "a.py": "from django.db import models\nclass A(models.Model):\n    b = models.ForeignKey('B', 'x')\n",
        "b.py": "from django.db import models\nclass B(models.Model):\n    a = models.ForeignKey('a.A', 'x')\n",
    }
    seen = [linked(dict(order)).schema for order in (files.items(), reversed(files.items()))]
    assert [[one.name for one in schema.models] for schema in seen] == [["a.A", "b.B"], ["a.A", "b.B"]]
    assert table_names(seen[0]) == table_names(seen[1])


@pytest.mark.parametrize(
    ("source", "member", "expected"),
    [
        (TestSqlAlchemy.CLASSIC, "User.teams", "Items m.Team"),
        (TestSqlAlchemy.CLASSIC, "User.orders", "Query m.Order"),
        (TestSqlAlchemy.CLASSIC, "Order.children", "Items m.Order"),
        (TestSqlAlchemy.CLASSIC, "Profile.user", "Instance m.User"),
        (TestSqlAlchemy.CLASSIC, "User.name", "Instance sqlalchemy.Column"),
    ],
)
def test_inference_knows_what_relations_yield(source: str, member: str, expected: str) -> None:
    project = linked({"m.py": source})
    owner, _, name = member.partition(".")
    definition = class_of(project, owner)
    value = attribute(project.inference, Instance(definition.name, definition), name)
    element = project.inference.element(value)
    named = element if isinstance(element, Instance) else value
    assert isinstance(named, Instance)
    assert f"{type(value).__name__} {named.name}" == expected


def test_types_are_those_of_sql() -> None:
    project = linked(
        {
            "m.py": """
                import datetime
                from sqlalchemy import BigInteger, Column, DateTime, Float, ForeignKey, Integer
                from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

                ZONED = compute()
                Key = BigInteger().with_variant(Integer, "sqlite")

                class Base(DeclarativeBase):
                    type_annotation_map = {datetime.datetime: DateTime(timezone=True)}

                class Order(Base):
                    __tablename__ = "orders"
                    id = Column(Key, primary_key=True)
                    paid = Column(DateTime)
                    seen = Column(DateTime(timezone=ZONED))
                    made: Mapped[datetime.datetime | None]
                    count: Mapped[int]
                    parent_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
                    weight = mapped_column(Float(24))
                    odd = Column(Odd)
            """,
        }
    )
    table = project.schema.table("orders")
    assert table is not None
    assert {one.column: one.type for one in table.columns} == {
        "id": "bigint",
        "paid": "timestamp",
        "seen": "",
        "made": "timestamptz",
        "count": "integer",
        "parent_id": "",
        "weight": "float",
        "odd": "",
    }


def test_indexes_keep_what_tells_them_apart() -> None:
    project = linked(
        {
            "m.py": """
                from sqlalchemy import Column, Index, Integer, MetaData, Table, func, text

                pages = Table(
                    "pages",
                    MetaData(),
                    Column("id", Integer, primary_key=True),
                    Index("plain", "a", text("b DESC")),
                    Index("expression", "a", func.lower("b")),
                    Index("partial", "a", postgresql_where=text("live")),
                    Index("words", "a", postgresql_using="gin"),
                )
                Index("outside", pages.c.a.desc())
            """,
        }
    )
    table = project.schema.table("pages")
    assert table is not None
    found = {one.name: (one.columns, sorted(one.descending), one.method, bool(one.variant)) for one in table.indexes}
    assert found == {
        "plain": (("a", "b"), ["b"], "", False),
        "expression": (("a",), [], "", True),
        "partial": (("a",), [], "", True),
        "words": (("a",), [], "gin", False),
        "outside": (("a",), ["a"], "", False),
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import psycopg", "postgres"),
        ("from sqlalchemy.dialects.postgresql import JSONB", "postgres"),
        ("import sqlite3", ""),
        ("import pymysql, psycopg", ""),
        (
            'DATABASES = {"a": {"ENGINE": "django.db.backends.sqlite3"}, "b": {"ENGINE": "django.db.backends.mysql"}}',
            "mysql",
        ),
        ('DATABASES = {"a": {"ENGINE": "django.db.backends.sqlite3"}}\nimport psycopg', "sqlite"),
    ],
)
def test_the_server_is_told_by_settings_then_by_drivers(text: str, expected: str) -> None:
    assert linked({"m.py": text}).sql.server == expected


@pytest.mark.parametrize("names", [("a.py", "b.py"), ("b.py", "a.py")])
def test_several_packages_of_dialects_tell_no_server(names: tuple[str, str]) -> None:
    texts = ("from sqlalchemy.dialects.postgresql import JSONB", "from sqlalchemy.dialects.mysql import JSON")
    assert linked(dict(zip(names, texts, strict=True))).sql.server == ""
