"""Resolvers of GraphQL and the routes of its endpoints: small projects and exact tables."""

from __future__ import annotations

from django_routes import entries, guards, linked, table

from archlint.project.routes import graphql
from archlint.project.routes.django import routes as django


def test_strawberry() -> None:
    project = linked(
        {
            "shop/schema.py": """
                import strawberry
                from strawberry import field as graphql_field

                def load_orders():
                    return []

                @strawberry.type
                class Query:
                    orders: list[int] = strawberry.field(resolver=load_orders)
                    total: int

                    @strawberry.field
                    def count(self) -> int:
                        return 1

                    @graphql_field(description="slow")
                    async def slow(self) -> int:
                        return 1

                    def helper(self):
                        return 2

                @strawberry.type
                class Mutation:
                    @strawberry.mutation
                    def pay(self, id: int) -> int:
                        return id

                @strawberry.type
                class Subscription:
                    @strawberry.subscription
                    async def ticks(self):
                        yield 1
            """
        }
    )
    assert entries(graphql.entry_points(project)) == [
        ("resolver", "Mutation.pay", "shop.schema.Mutation.pay", "worker"),
        ("resolver", "Query.count", "shop.schema.Query.count", "worker"),
        ("resolver", "Query.orders", "shop.schema.load_orders", "worker"),
        ("resolver", "Query.slow", "shop.schema.Query.slow", "loop"),
        ("resolver", "Subscription.ticks", "shop.schema.Subscription.ticks", "loop"),
    ]


def test_graphene() -> None:
    project = linked(
        {
            "shop/schema.py": """
                import graphene
                from graphene_django import DjangoObjectType

                class OrderType(DjangoObjectType):
                    def resolve_total(self, info):
                        return 1

                class Pay(graphene.Mutation):
                    def mutate(self, info):
                        return self

                class Base(graphene.ObjectType):
                    def resolve_ping(self, info):
                        return "pong"

                class Query(Base):
                    def resolve_orders(self, info):
                        return self.load()

                    def load(self):
                        return []

                class Other:
                    def resolve_nothing(self):
                        return None
            """
        }
    )
    assert entries(graphql.entry_points(project)) == [
        ("resolver", "Base.ping", "shop.schema.Base.resolve_ping", "worker"),
        ("resolver", "OrderType.total", "shop.schema.OrderType.resolve_total", "worker"),
        ("resolver", "Pay", "shop.schema.Pay.mutate", "worker"),
        ("resolver", "Query.orders", "shop.schema.Query.resolve_orders", "worker"),
    ]


def test_guards_of_resolvers() -> None:
    project = linked(
        {
            "shop/schema.py": """
                import graphene
                import strawberry
                from graphql_jwt.decorators import login_required
                from strawberry_django.permissions import IsAuthenticated
                from django.core.exceptions import PermissionDenied
                from shop.permissions import IsOwner

                @strawberry.type
                class Query:
                    @strawberry.field(permission_classes=[IsAuthenticated, IsOwner])
                    def mine(self): return 1

                    @strawberry.field
                    def open(self): return 1

                class Old(graphene.ObjectType):
                    @login_required
                    def resolve_me(self, info): return 1

                    def resolve_other(self, info):
                        if not info.context.user.is_staff:
                            raise PermissionDenied
                        return 1
            """,
            "shop/permissions.py": """
                from strawberry.permission import BasePermission
                class IsOwner(BasePermission):
                    pass
            """,
        }
    )
    assert {one.label: guards(one) for one in graphql.entry_points(project)} == {
        "Old.me": "authentication login_required decorator",
        "Old.other": "permission PermissionDenied handler",
        "Query.mine": "authentication IsAuthenticated decorator; permission IsOwner decorator",
        "Query.open": "",
    }


def test_ariadne() -> None:
    project = linked(
        {
            "shop/schema.py": """
                from ariadne import MutationType, ObjectType, QueryType

                query = QueryType()
                mutation = MutationType()
                order = ObjectType("Order")

                @query.field("orders")
                def resolve_orders(*_):
                    return []

                @mutation.field("pay")
                async def resolve_pay(*_):
                    return 1

                @order.field("total")
                def resolve_total(order, info):
                    return 1

                class Form:
                    pass

                form = Form()

                @form.field("x")
                def validate(x):
                    return x
            """
        }
    )
    assert entries(graphql.entry_points(project)) == [
        ("resolver", "Mutation.pay", "shop.schema.resolve_pay", "loop"),
        ("resolver", "Order.total", "shop.schema.resolve_total", "worker"),
        ("resolver", "Query.orders", "shop.schema.resolve_orders", "worker"),
    ]


def test_the_endpoint_is_one_route_with_its_guards() -> None:
    project = linked(
        {
            "shop/settings.py": 'ROOT_URLCONF = "shop.urls"',
            "shop/urls.py": """
                from django.contrib.auth.decorators import login_required
                from django.urls import path
                from django.views.decorators.csrf import csrf_exempt
                from graphene_django.views import GraphQLView
                from shop.views import Private, home

                urlpatterns = [
                    path("graphql", csrf_exempt(GraphQLView.as_view(graphiql=True))),
                    path("private", login_required(Private.as_view())),
                    path("", home),
                ]
            """,
            "shop/views.py": """
                from strawberry.django.views import AsyncGraphQLView

                class Private(AsyncGraphQLView):
                    pass

                def home(request):
                    return None
            """,
        }
    )
    assert table(graphql.routes(project)) == [
        ("GET", "private", "Private.get", "authentication login_required router"),
        ("GET|POST", "graphql", "graphene_django.views.GraphQLView", ""),
        ("POST", "private", "Private.post", "authentication login_required router"),
    ]
    assert table(django.routes(project)) == [("*", "", "home", "")]
