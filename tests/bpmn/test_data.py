"""Variables: who owns them, who sees them, what mappings do, which names and values are harmless."""

from __future__ import annotations

from tests.bpmn.build import (
    each,
    end,
    maps,
    parallel,
    process,
    script,
    service,
    start,
    sub,
    user,
    variable,
)


def test_a_new_variable_becomes_one_of_the_process_even_from_deep_inside(play):
    inner = sub("s", start("i"), sub("t", start("k"), user("a"), flows="k -> a"), flows="i -> t")
    case = play(process(start(), inner, user("z"), flows="start -> s -> z")).start().do("a", x=1)

    assert case.data == {"x": 1}


def test_a_data_object_of_a_subprocess_belongs_to_it(play):
    inner = sub("s", start("i"), user("a"), user("b"), flows="i -> a -> b", variables=(variable("note", '"new"'),))
    case = play(process(start(), inner, user("z"), flows="start -> s -> z")).start({"note": "outer"})

    assert case.machine.context(case.token("a"))["note"] == "new"
    case.do("a", note="inner")
    assert case.machine.context(case.token("b"))["note"] == "inner"
    assert case.data == {"note": "outer"}
    assert case.waits()[0].scope != 0

    assert case.do("b").data == {"note": "outer"}


def test_data_objects_of_a_process_begin_empty_and_start_values_win(play):
    model = process(user("a"), variables=(variable("x"), variable("list", is_collection=True), variable("y", "1 + 1")))

    assert play(model).start({"x": 1}).data == {"x": 1, "list": [], "y": 2}


def test_input_mappings_make_local_variables_and_output_mappings_write_outward(play):
    inner = user(
        "a",
        inputs=maps(greeting='"hi " + name', name='"local"'),
        outputs=maps(result="greeting + answer", out__deep="answer"),
    )
    case = play(process(start(), inner, user("z"), flows="start -> a -> z")).start({"name": "li", "out": {"kept": 1}})

    assert case.machine.context(case.token("a")) == {"name": "local", "greeting": "hi li", "out": {"kept": 1}}
    case.do("a", answer="!", other=1)

    assert case.data == {"name": "li", "result": "hi li!", "out": {"kept": 1, "deep": "!"}}


def test_without_output_mappings_results_go_to_their_owners_and_local_ones_end_with_the_task(play):
    inner = user("a", inputs=maps(local="1"))
    case = (
        play(process(start(), inner, user("z"), flows="start -> a -> z")).start({"x": 0}).do("a", local=5, x=1, new=2)
    )

    assert case.data == {"x": 1, "new": 2}


def test_mappings_of_a_subprocess_make_a_scope(play):
    inner = sub("s", start("i"), script("a", "n + 1", "n"), user("u"), flows="i -> a -> u", inputs=maps(n="start_at"))
    inner.outputs = maps(result="n")
    case = play(process(start(), inner, user("z"), flows="start -> s -> z")).start({"start_at": 5}).do("u")

    assert case.data == {"start_at": 5, "result": 6}


def test_later_mappings_see_earlier_ones(play):
    case = play(process(start(), user("a", inputs=maps(x="1", y="x + 1")), flows="start -> a")).start({"x": 10})

    assert case.machine.context(case.token("a")) == {"x": 1, "y": 2}


def test_lists_of_parallel_branches_never_blend(play):
    flows = "start -> f; f -> a -> j; f -> b -> j; j -> z"
    case = play(process(start(), parallel("f"), user("a"), user("b"), parallel("j"), user("z"), flows=flows))
    case.start({"items": [1, 2]})

    case.do("a", items=[9]).do("b", other=[{"x": 1}])

    assert case.data == {"items": [9], "other": [{"x": 1}]}


def test_names_and_values_of_every_kind_are_harmless(play):
    odd = {
        "typename": "datetime",
        "id": 1,
        "self": 2,
        "__class__": "x",
        "e": 1,
        "投诉 编号": "TS-1",
        "true": 1,
        "nested": {"typename": "set", "value": [1, {"a": None}]},
        "float": 1.5,
        "flag": True,
    }
    case = play(process(start(), user("a"), user("b"), flows="start -> a -> b")).start(odd).do("a", Root="Start")

    assert case.data == {**odd, "Root": "Start"}


def test_element_ids_of_every_kind_are_harmless(play):
    names = ("Start", "End", "Root", "p.EndJoin", "None", "p")
    flows = "start -> " + " -> ".join(names)
    case = play(process(start(), *(user(name) for name in names), flows=flows)).start()

    for name in names:
        assert case.open() == [name]
        case.do(name)
    assert case.machine.is_ended


def test_what_happened_keeps_the_values_it_had(play):
    flows = "start -> a -> b -> z"
    nodes = (start(), script("a", "[1]", "list"), script("b", "append(list, 2)", "list"), user("z"))
    case = play(process(*nodes, flows=flows)).start()

    assert [one.data["variables"]["list"] for one in case.happenings if one.data] == [[1], [1, 2]]


def test_a_service_sees_local_and_outer_variables(play):
    inner = service("a", inputs=maps(local="x + 1"))
    case = play(process(start(), inner, end(), flows="start -> a -> end")).start({"x": 1})

    assert case.waits()[0].service.variables == {"x": 1, "local": 2}


def test_a_thousand_members_do_not_copy_the_variables_of_the_process(play):
    case = play(process(start(), user("a", loop=each("[1, 2, 3]", "n")), end(), flows="start -> a -> end"))
    case.start({"big": "x" * 50_000})

    assert len(case.machine.dump()) < 2_000


def test_a_start_value_wins_over_the_initial_value_of_a_data_object(play):
    assert play(process(user("a"), variables=(variable("x", "1"),))).start({"x": 7}).data == {"x": 7}


def test_names_with_blanks_and_signs_can_be_asked(play):
    names = {"投诉 级别": 2, "first-name": "li", "a": 1}
    nodes = (start(), script("s", "投诉 级别 + a", "x"), script("t", 'first-name + "!"', "y"), user("z"))
    case = play(process(*nodes, flows="start -> s -> t -> z")).start(names)

    assert case.data == {**names, "x": 3, "y": "li!"}
