"""What may keep an answer, and for how long."""

from django.utils.cache import add_never_cache_headers, patch_cache_control

# Seconds. What the Support Unit publishes or withdraws is true everywhere after them.
PUBLIC_AGE = 60
# What is there, unchanged or elsewhere. An error is asked for again: it may be mended by then.
MAY_BE_KEPT = {200, 301, 302, 304}
# What is no more. Only the proxy in front hears of an age: where it has a page of that address,
# this answer takes its place (deploy/nginx/maps.conf), or it would go on showing the page.
IS_GONE = {404, 410}


class PublicAnswers:
    """Public pages may be kept by any cache for a minute, all other answers by none.

    A view that says something else, as the contact form and most of the desk do, has its way.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if not response.has_header("Cache-Control"):
            for_all = is_public(request, response)
            if for_all and response.status_code in MAY_BE_KEPT:
                patch_cache_control(response, public=True, max_age=PUBLIC_AGE)
            else:
                if for_all and response.status_code in IS_GONE:
                    # Before the other headers: nginx heeds what comes first.
                    response["X-Accel-Expires"] = PUBLIC_AGE
                add_never_cache_headers(response)
        return response


def is_public(request, response):
    """Whether everybody is answered the same: no cookie was read, none is set."""
    match = request.resolver_match
    return (
        request.method in {"GET", "HEAD"}
        and not (match and match.app_name == "admin")
        and not response.cookies
        and "cookie" not in response.get("Vary", "").lower()
    )
