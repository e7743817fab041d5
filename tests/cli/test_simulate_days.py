"""blondel simulate MODEL --days: a whole meter in virtual time, its files and its scenario."""

import csv
import filecmp
import json
import os

from meter import main, run

FILES = [f"{log}.{ending}" for log in ("registers", "profile", "events")
         for ending in ("csv", "json")] + ["summary.json"]

BAD_MONTH = """# everything once
meter commit 60
backup 2h
at 2026-03-02T12:00 outage 1h
every day 02:00 outage 30s
at +2d clock set +40s
at +2d clock shift -10
at +3d clock sync
at +3d write ct_numerator 200
at +3d invoke demand reset
at +4d cut
random cuts 1 per day 1s..1h
at +5d load l1 3000 W pf 0.9
at +6d load l1 house
at +8d disk refuses 1h
every 2d clock sync
"""


def simulate(folder, name, model, *words):
    out = os.path.join(folder, name)
    result = run("simulate", model, "--out", out, *words)
    assert result.status == 0, result.err
    with open(os.path.join(out, "summary.json"), encoding="utf-8") as file:
        return out, json.load(file), result


def rows(out, name):
    with open(os.path.join(out, name), encoding="utf-8") as file:
        return list(csv.DictReader(file))


def lines(out, name):
    with open(os.path.join(out, name), encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def same(left, right):
    return filecmp.cmpfiles(left, right, FILES, shallow=False)[0]


def scenario(folder, text):
    path = os.path.join(folder, "scenario.txt")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def test_one_seed_gives_the_same_bytes(check, folder):
    path = scenario(folder, BAD_MONTH.replace("load l1", "load all"))
    for model in ("SED302", "SM307", "SM120B2", "SEM3", "3CT-S"):
        words = ("--days", "10", "--start", "2026-03-01", "--scenario", path, "--seed")
        once = simulate(folder, model, model, *words, "7")[0]
        again = simulate(folder, model + "-again", model, *words, "7")[0]
        other = simulate(folder, model + "-other", model, *words, "8")[0]
        check.true(f"{model}: the same", sorted(same(once, again)) == sorted(FILES))
        check.true(f"{model}: another seed differs", same(once, other) == [])
        check.true(f"{model}: only whole files", sorted(os.listdir(once)) == sorted(FILES))


def test_what_the_files_say(check, folder):
    out, summary, result = simulate(folder, "days", "SED302", "--days", "3", "--start",
                                    "2026-03-28")
    profile = rows(out, "profile.csv")
    check.true("as many lines of JSON", lines(out, "profile.json")[5]["number"] == 6 and
               len(lines(out, "profile.json")) == len(profile) == summary["entries"])
    inside = [row for row in profile if row["time"].startswith("2026-03-29")]
    check.true("summer time begins", len(inside) == 92 and
               inside[3]["time"] == "2026-03-29T00:45:00+01:00" and
               inside[8]["time"] == "2026-03-29T03:00:00+02:00")
    check.true("and is logged", [row["name"] for row in rows(out, "events.csv")].count("dst") == 1)
    registers = {row["name"]: row for row in rows(out, "registers.csv")}
    check.true("OBIS code", registers["wh_import"]["obis"] == "1-0:1.8.0.255")
    total = sum(float(row["wh_import_interval"]) for row in profile)
    check.near("sum of intervals", float(profile[-1]["wh_import"]), total, 1e-6)
    check.true("time of the maximum", registers["p_import_max"]["time"].startswith("2026-03-"))
    check.near("drift s", abs(summary["clock_ahead_s"]), 1.5, 0.01)
    check.true("summary for people", "3 days, seed 1" in result.out and result.err == "")


def test_a_bad_month(check, folder):
    path = scenario(folder, BAD_MONTH)
    out, summary, _ = simulate(folder, "bad", "SED302", "--days", "20", "--seed", "5", "--start",
                               "2026-03-01", "--scenario", path)
    events = rows(out, "events.csv")
    power = [row["name"] for row in events if row["name"].startswith("power_")]
    check.true("down and up in turn", power == ["power_up", "power_down"] * (len(power) // 2) +
               ["power_up"] * (len(power) % 2))
    check.true("every power failure", summary["outages"] + summary["cuts"] == len(power) // 2)
    check.true("numbers", [int(row["number"]) for row in events] ==
               list(range(1, len(events) + 1)))
    check.true("what a cut takes is bounded", 0 < summary["lost_max_wh"] < 15000 * 60 / 3600)
    check.true("the clock lived on its backup", summary["clock_valid"])
    check.near("and is right s", summary["clock_ahead_s"], 0, 2)
    registers = {row["name"]: row["value"] for row in rows(out, "registers.csv")}
    check.true("written", registers["ct_numerator"] == "200")


def test_backup_runs_out(check, folder):
    path = scenario(folder, "backup 1h\nat +1d outage 2h\n")
    out, summary, _ = simulate(folder, "backup", "SM120B2", "--days", "3", "--scenario", path)
    names = [row["name"] for row in rows(out, "events.csv")]
    check.true("it says so", not summary["clock_valid"] and names.count("clock_invalid") == 2)
    check.near("it stood still s", summary["clock_ahead_s"], -7200, 2)


def test_bad_words(check, folder):
    out = os.path.join(folder, "never")
    for text, line, part in [("at 2026-02-30T12:00 cut", 1, "no time: 2026-02-30T12:00; write"),
                             ("\n# x\nat +1d outage 3", 3, "no duration: 3;"),
                             ("every day 24:00 cut", 1, "no time of day: 24:00"),
                             ("at +1d write no_such_row 1", 1, "has no row no_such_row"),
                             ("at +1d", 1, "at the end of the line"),
                             ("at +1d load l4 3 W", 1, "no phase: l4"),
                             ("at +1d load l1 3", 1, "without a unit"),
                             ("at +1d clock shift 901", 1, "-900 to 900"),
                             ("random outages 12 per year 4h..1s", 1, "no range"),
                             ("at +1d cut 1h more", 1, "too many words: more")]:
        path = scenario(folder, text)
        result = run("simulate", "SED302", "--days", "2", "--out", out, "--scenario", path)
        check.true(f"{text}: {result.err}", result.status == 1 and result.err.count("\n") == 1 and
                   result.err.startswith(f"blondel: {path}:{line}: ") and part in result.err)
    check.true("nothing ran", not os.path.exists(out))
    for words, status, part in [(["SED302", "--days", "2"], 2, "--out"),
                                (["SED302"], 2, "for how long?"),
                                (["SED302", "--days", "0", "--out", out], 2, "--days 0"),
                                (["SED302", "--days", "2", "--out", out, "--zone", "x"], 2,
                                 "--zone"),
                                (["SED302", "--days", "2", "--out", out, "--start", "x"], 2,
                                 "--start"),
                                (["grid", "--seed", "2"], 2, "want a MODEL"),
                                (["NOPE", "--days", "2", "--out", out], 1, "no model \"NOPE\""),
                                (["SED303", "--days", "2", "--out", out], 1, "you mean SED302?"),
                                (["C10", "--days", "2", "--out", out], 1, "measures no energy"),
                                (["SED302", "--days", "2", "--out", "/dev/null/x"], 1,
                                 "/dev/null/x"),
                                (["SED302", "--days", "2", "--out", out, "--scenario",
                                  "/dev/null/x"], 1, "cannot be read")]:
        result = run("simulate", *words)
        check.true(f"{words}: {result.err}", result.status == status and part in result.err and
                   result.err.count("\n") == 1)


if __name__ == "__main__":
    main(globals())
