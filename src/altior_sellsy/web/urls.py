"""What the web answers."""

urlpatterns: list[object] = []
