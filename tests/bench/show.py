# SPDX-License-Identifier: BSD-2-Clause
"""The tables, and which targets are reached."""

import json
import statistics

TABLES = (
    ("GB/s with 1 and 8 streams; CPU seconds a GB of all hops", (
        ("down 1", "down1", "%.2f"), ("up 1", "up1", "%.2f"),
        ("down 8", "down8", "%.2f"), ("up 8", "up8", "%.2f"),
        ("CPU dn", "cpu_down", "%.2f"), ("CPU up", "cpu_up", "%.2f"))),
    ("round trip in us, p50 and p99: 1 B; 1 B and 4 KiB with all on one CPU", (
        ("1 B", "rt_p50", "%.0f"), ("", "rt_p99", "%.0f"),
        ("one CPU", "one_p50", "%.0f"), ("", "one_p99", "%.0f"),
        ("4 KiB", "four_p50", "%.0f"), ("", "four_p99", "%.0f"))),
    ("the same beside a busy connection (full speed, GB/s that it has, 100 MB/s)"
     "\nand beside one that stands still", (
         ("down", "full_down_p50", "%.0f"), ("", "full_down_p99", "%.0f"),
         ("GB/s", "full_down_bulk", "%.2f"),
         ("up", "full_up_p50", "%.0f"), ("", "full_up_p99", "%.0f"),
         ("GB/s", "full_up_bulk", "%.2f"),
         ("100MB/s", "pace_p50", "%.0f"), ("", "pace_p99", "%.0f"),
         ("still", "stall_p50", "%.0f"), ("", "stall_p99", "%.0f"))),
    ("connections a second, 1 and 8 clients; us for one after a pause", (
        ("1", "rate", "%.0f"), ("8", "rate8", "%.0f"),
        ("one", "open", "%.0f"))),
)


def rows(all_rows):
    for title, columns in TABLES:
        print("\n%s\n%-19s" % (title, "") +
              "".join("%8s" % c[0] for c in columns))
        for r in all_rows:
            print("%-19s" % r["name"] + "".join(
                "%8s" % (fmt % r[key] if key in r else "-")
                for _, key, fmt in columns))


CHAIN = "ssh", "sshd", "front", "agent"


def chain(all_rows):
    """Who of the processes behind an ssh -D works most."""
    for r in all_rows:
        if "cpu_down_front" in r:
            print("\nCPU seconds a GB of each process behind ssh -D: " +
                  "; ".join(way + " " + ", ".join(
                      "%s %.2f" % (n, r["cpu_%s_%s" % (way, n)])
                      for n in CHAIN) for way in ("down", "up")))


def slowest(row, way, *names):
    return max(row["cpu_%s_%s" % (way, n)] for n in names)


def added(row, raw, key):
    return row[key] - raw[key]


def ratios(all_rows):
    """To the limit, and to an ssh with a port of its own."""
    named = {r["name"]: r for r in all_rows}
    raw, peer = named.get("raw TCP"), named.get("ssh -L")
    if not raw or not peer:
        return
    print("\nratios: down, up to raw TCP; down, up to ssh -L; added round trip"
          "\n(one CPU) to that of ssh -L")
    for r in all_rows:
        print("%-19s" % r["name"] + "%8.2f%8.2f%8.2f%8.2f%8.2f" % (
            r["down1"] / raw["down1"], r["up1"] / raw["up1"],
            r["down1"] / peer["down1"], r["up1"] / peer["up1"],
            added(r, raw, "one_p50") / added(peer, raw, "one_p50")))


def memory(m):
    print("\nKiB                   front RSS    anon     PSS   agent RSS    "
          "anon     PSS")
    for key, both in m.items():
        print("%-19s" % key + "   ".join(
            "".join("%9s" % both[n].get(k, "-")
                    for k in ("VmRSS", "RssAnon", "Pss"))
            for n in ("front", "agent")))


def calls(by_key):
    print()
    for key, by_name in by_key.items():
        print("system calls a %s: %.1f (%s)" % (
            key, sum(by_name.values()), ", ".join(
                "%s %g" % x for x in sorted(by_name.items(),
                                            key=lambda x: -x[1]))))


def medians_of(path):
    """Of a file of lines "NAME VALUE", by their names."""
    got = {}
    with open(path, encoding="ascii") as f:
        for line in f:
            name, value = line.rsplit(" ", 1)
            got.setdefault(name, []).append(float(value))
    return {name: statistics.median(v) for name, v in got.items()}


def save(path, rounds, medians, targets):
    with open(path, "w", encoding="ascii") as f:
        json.dump({"rounds": int(rounds), "medians": medians,
                   "targets": targets}, f, indent=1)


class Targets:
    def __init__(self):
        self.all = []

    def limit(self, what, value, most, unit=""):
        self.note(what, value, "<=", most, unit, value <= most)

    def least(self, what, value, least, unit="x"):
        self.note(what, value, ">=", least, unit, value >= least)

    def note(self, what, value, sign, goal, unit, reached):
        print("%-8s %-52s %8.2f %s %g %s" % (
            "reached" if reached else "missed", what, value, sign, goal, unit))
        self.all.append({"what": what, "value": round(value, 2),
                         "goal": sign + str(goal), "reached": reached})


def row_targets(t, named):
    ours, raw, ssh = (named.get(n) for n in ("ours", "raw TCP", "ssh -L"))
    tls = [named[n] for n in ("haproxy 2 hops TLS", "stunnel 2 hops PSK")
           if n in named]
    if not ours:
        return
    for way in "down", "up":
        if tls:
            t.least("bulk %s to the best of two hops with TLS" % way,
                    ours[way + "1"] / max(r[way + "1"] for r in tls), 1.4)
        for name, goal in ("ssh -L", 2.0), ("ssh -L aes128-gcm", 1.5):
            if name in named:
                t.least("bulk %s to %s" % (way, name),
                        ours[way + "1"] / named[name][way + "1"], goal)
        if "ssh -W chain" in named and "ours, ssh -D" in named:
            t.least("bulk %s behind ssh -D to the ssh -W chain" % way,
                    named["ours, ssh -D"][way + "1"] /
                    named["ssh -W chain"][way + "1"], 2.0)
        if "ours, ssh -D" in named:
            row = named["ours, ssh -D"]
            t.limit("our busiest process to the busier of ssh's, %s" % way,
                    slowest(row, way, "front", "agent") /
                    slowest(row, way, "ssh", "sshd"), 1, "x")
        t.limit("CPU of a hop, %s" % way, ours["cpu_" + way] / 2, 0.9, "s/GB")
        t.limit("p50 beside full bulk %s" % way, ours["full_%s_p50" % way],
                200, "us")
        if "haproxy 2 hops TLS" in named:
            t.least("that bulk to haproxy's with TLS",
                    ours["full_%s_bulk" % way] /
                    named["haproxy 2 hops TLS"]["full_%s_bulk" % way], 1.0)
    if raw:
        t.limit("added round trip, one CPU", added(ours, raw, "one_p50"), 45,
                "us")
        t.limit("added time to open after a pause", added(ours, raw, "open"),
                350, "us")
    if raw and ssh:
        t.limit("that to ssh -L's", added(ours, raw, "one_p50") /
                added(ssh, raw, "one_p50"), 0.75, "x")
    t.limit("p50 beside 100 MB/s", ours["pace_p50"], 180, "us")
    t.limit("p99 beside 100 MB/s", ours["pace_p99"], 500, "us")
    t.least("connections a second, 1 client", ours["rate"], 1000, "")
    t.least("connections a second, 8 clients", ours["rate8"], 3000, "")


def memory_targets(t, memory, growth):
    def pss(key, name):
        return memory[key][name].get("Pss", memory[key][name]["VmRSS"])

    def both(key):
        return sum(pss(key, n) for n in ("front", "agent"))

    for name in "front", "agent":
        t.limit("PSS of the %s at rest" % name, pss("at rest", name) / 1024, 3,
                "MiB")
    t.limit("a connection, both", (both("1000 idle") - both("at rest")) / 1000,
            28, "KiB")
    t.limit("kept after 100 x 4 MiB, closed", (both("trimmed, closed") -
                                               both("at rest")) / 1024, 2.5,
            "MiB")
    t.limit("growth of the warm front, 1 GiB without newline",
            growth["solid"]["front"], 64, "KiB")
    for way in "down", "up":
        t.limit("growth of both, slow reader " + way,
                sum(growth[way].values()), 1024, "KiB")


def targets(result):
    t = Targets()
    print()
    row_targets(t, {r["name"]: r for r in result["rows"]})
    memory_targets(t, result["memory"], result["growth"])
    t.limit("wake-ups of all for a heartbeat, idle",
            result["wakeups"]["heartbeat"], 3)
    t.least("interceptor alone, text", result["interceptor"]["text"], 2, "GB/s")
    t.limit("growth of it, 1 GiB without newline", result["interceptor"]["KiB"],
            64, "KiB")
    for key, goal in ("round trip", 12), ("MB down", 60), ("MB up", 60):
        if "calls" in result:
            t.limit("system calls a " + key, sum(result["calls"][key].values()),
                    goal)
    if "attach_ms" in result:
        a = result["attach_ms"]
        t.limit("attach, more than ssh host true", a["ours"] - a["ssh true"],
                30, "ms")
    result["targets"] = t.all
