import threading
import time

import pytest

from members.pacing import Stopwatch, Turns, check_all


def first_letter(url):
    return url[0]


def test_every_link_comes_back_with_its_outcome():
    urls = [f"{site}{n}" for site in "abcdefghij" for n in range(3)]
    assert dict(check_all(str.upper, urls, site_of=first_letter, workers=2)) == {
        url: url.upper() for url in urls
    }
    assert not list(check_all(str.upper, [], site_of=first_letter))


def test_several_sites_are_asked_at_once():
    meeting = threading.Barrier(3, timeout=5)
    assert len(list(check_all(lambda url: meeting.wait(), "abc", site_of=str))) == 3


def test_no_more_sites_than_workers_are_asked_at_once():
    lock, busy, most = threading.Lock(), set(), []

    def check(url):
        with lock:
            busy.add(url)
            most.append(len(busy))
        time.sleep(0.01)
        with lock:
            busy.remove(url)

    assert len(list(check_all(check, "abcdefgh", site_of=str, workers=3))) == 8
    assert max(most) <= 3


def test_links_of_a_site_are_asked_in_order():
    asked = []
    list(check_all(asked.append, ["a1", "a2", "a3"], site_of=first_letter))
    assert asked == ["a1", "a2", "a3"]


@pytest.mark.parametrize("sites", ["a", "abcdefghijklmnopqrst"])
def test_who_stops_listening_stops_the_asking(sites):
    asked = []

    def check(url):
        asked.append(url)
        time.sleep(0.01)

    urls = [f"{site}{n}" for n in range(60 // len(sites)) for site in sites]
    answers = check_all(check, urls, site_of=first_letter, workers=2)
    next(answers)
    answers.close()
    assert len(asked) <= 6


def test_a_fault_in_the_check_is_not_hidden():
    with pytest.raises(ZeroDivisionError):
        list(check_all(lambda url: 1 / 0, "ab", site_of=str))


def test_a_turn_that_fails_is_over():
    turns = Turns(0)
    with pytest.raises(OSError, match="gone"), turns.at("a"):
        raise OSError("gone")
    with turns.at("a"):
        pass


def test_the_stopwatch_stands_still_between_turns():
    watch = Stopwatch(patience=5, total=0.2)
    with watch:
        assert 0.1 < watch.timeout() <= 0.2
    time.sleep(0.25)
    with watch:
        assert watch.timeout() > 0.1
        time.sleep(0.25)
        with pytest.raises(TimeoutError):
            watch.timeout()


def test_no_wait_is_longer_than_the_patience():
    with Stopwatch(patience=1, total=30) as watch:
        assert watch.timeout() == 1
