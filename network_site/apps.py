from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "network_site"

    def ready(self):
        from network_site import purge  # models can be told apart from here on

        purge.listen()
