"""Django REST framework: its views, viewsets and routers, with permissions and serializers."""
