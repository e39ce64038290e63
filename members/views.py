from django.core.paginator import Paginator
from django.http import Http404, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.generic import DetailView, ListView, TemplateView

from members.coverage import PAGE_SIZE, counts_by_region, who_covers
from members.filters import MemberFilter
from members.forms import FinderForm
from members.lookup import look_up
from members.models import Coverage, FormerName, Organization, Region
from members.models.regions import WORLD
from members.names import search_key
from members.paging import FrugalPaginator, is_first
from members.reasons import rule_sentences
from members.rows import PAGE_SIZE as ROWS_A_PAGE
from members.rows import Directory
from members.structured_data import ngo
from members.tiles import tiles

# How many organizations a sheet of paper names: some three pages of them.
SHEET_SIZE = 40


def moved(request, address):
    """Leads to the address for good, with the query that was asked."""
    query = request.META["QUERY_STRING"]
    return HttpResponsePermanentRedirect(f"{address}?{query}" if query else address)


def a_to_z(listed):
    """The states, and the countries, each with how many of the listed cover it; three queries."""
    states = Region.objects.states().select_related("country")
    countries = Region.objects.countries_and_nations().select_related("country")
    counts = counts_by_region([*states, *countries], listed)
    return {
        "states": alphabetical(states, counts),
        "countries": alphabetical(countries, counts),
    }


def alphabetical(regions, counts):
    """(region, count) in the order of the names as people spell them: Åland stands under A."""
    return sorted(
        ((region, counts[region.code]) for region in regions),
        key=lambda pair: search_key(pair[0].name),
    )


def paged_regions(sentences):
    """The regions of the sentences that have a page of their own, each once."""
    regions = [region.paged for one in sentences for region in one["regions"]]
    return list(dict.fromkeys(region for region in regions if region.code != WORLD))


class FinderView(TemplateView):
    """Answers "where did the conviction happen?" by GET, so that every answer has an address."""

    template_name = "members/find.html"

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        if "place" not in self.request.GET:
            return context
        form = FinderForm(self.request.GET)
        context["place"] = self.request.GET["place"].replace("\0", "")
        if not form.is_valid():
            context["place_error"] = form.errors["place"][0]
            return context
        lookup = context["lookup"] = look_up(form.cleaned_data["place"])
        if not (lookup.match or lookup.choices or lookup.suggestions):
            return context | a_to_z(Organization.objects.listed())
        if lookup.match:
            context["answer"] = who_covers(
                lookup.match.region, point=lookup.match.point, page=self.request.GET.get("page")
            )
        return context

    def render_to_response(self, context, **kwargs):
        status = 400 if "place_error" in context else 200
        return super().render_to_response(context, status=status, **kwargs)


class RegionListView(TemplateView):
    """All states and countries A-Z: the safe path for who cannot, or will not, type."""

    template_name = "members/regions.html"

    def get_context_data(self, **kwargs):
        listed = Organization.objects.listed()
        return super().get_context_data(
            **a_to_z(listed),
            abroad=Region.objects.with_offices(listed).exclude(code="US"),
            tiles=tiles(),
            **kwargs,
        )


class RegionDetailView(DetailView):
    """One state, province, nation or country: the finder's answer under an address of its own."""

    template_name = "members/region.html"
    page_size = PAGE_SIZE

    def get(self, request, *args, **kwargs):
        code = kwargs["code"]
        if code != code.lower():
            here = request.resolver_match.view_name
            return moved(request, reverse(here, args=[code.lower()]))
        return super().get(request, *args, **kwargs)

    def get_object(self, queryset=None):
        regions = Region.objects.with_page().select_related("parent", "country")
        return get_object_or_404(regions, code=self.kwargs["code"].upper())

    def get_context_data(self, **kwargs):
        answer = who_covers(
            self.object, page=self.request.GET.get("page"), page_size=self.page_size
        )
        return super().get_context_data(answer=answer, **kwargs)


class RegionSheetView(RegionDetailView):
    """Who can help after a conviction in the region, on paper for a letter into a prison."""

    template_name = "members/region_sheet.html"
    page_size = SHEET_SIZE


class FilteredListView(ListView):
    """A list narrowed by its ``filterset``; a wrong filter is explained with the status 400."""

    def get_queryset(self):
        return self.filterset.qs if self.filterset.is_valid() else self.filterset.queryset.none()

    def paginate_queryset(self, queryset, page_size):
        # A page beyond the last shows the last one: lists shrink while people hold their links.
        asked = self.request.GET.get("page")
        # Whoever asks for a later page has a list that has to be counted.
        paginator = (FrugalPaginator if is_first(asked) else Paginator)(queryset, page_size)
        page = paginator.get_page(asked)
        return page.paginator, page, page.object_list, page.has_other_pages()

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            filterset=self.filterset, chips=self.filterset.chips(), **kwargs
        )

    def render_to_response(self, context, **kwargs):
        status = 200 if self.filterset.is_valid() else 400
        return super().render_to_response(context, status=status, **kwargs)


class OrganizationListView(FilteredListView):
    """The directory of members."""

    template_name = "members/directory.html"
    paginate_by = ROWS_A_PAGE

    @cached_property
    def filterset(self):
        return MemberFilter(self.request.GET, queryset=Organization.objects.all())

    def get_queryset(self):
        if self.filterset.is_valid() and not self.filterset.in_use:
            return Directory()
        return Directory(super().get_queryset().listed())


class OrganizationDetailView(DetailView):
    """One member. A former name's address leads to the present one."""

    template_name = "members/organization.html"

    def get(self, request, *args, **kwargs):
        try:
            return super().get(request, *args, **kwargs)
        except Http404:
            former = get_object_or_404(
                FormerName.objects.filter(
                    organization__in=Organization.objects.listed()
                ).select_related("organization"),
                slug=kwargs["slug"],
            )
            here = request.resolver_match.view_name
            return moved(request, reverse(here, args=[former.organization.slug]))

    def get_queryset(self):
        return Organization.objects.listed().select_related("region__parent", "region__country")

    def get_context_data(self, **kwargs):
        names = list(self.object.other_names.all())
        sentences = rule_sentences(self.object)
        return super().get_context_data(
            sentences=sentences,
            regions=paged_regions(sentences),
            former_names=[name for name in names if name.standing == FormerName.Standing.FORMER],
            later_names=[
                name
                for name in names
                if name.standing == FormerName.Standing.LATER and name.name != self.object.name
            ],
            membership=self.object.memberships.on().first(),
            openings=self.object.job_openings.open().with_place(),
            structured_data=ngo(
                self.object,
                [
                    region
                    for one in sentences
                    if one["effect"] == Coverage.Effect.COVERS
                    for region in one["regions"]
                ],
                site=self.request.build_absolute_uri("/")[:-1],
            ),
            **kwargs,
        )


class OrganizationSheetView(OrganizationDetailView):
    """How to reach one member, on one page of paper for a letter into a prison."""

    template_name = "members/organization_sheet.html"
