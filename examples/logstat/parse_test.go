package main

import "testing"

func TestParse(t *testing.T) {
	const common = `192.0.2.7 - ada [28/Nov/2026:13:05:09 +0000] "GET /a?b=c HTTP/1.1" 200 1234`
	want := request{"192.0.2.7", "28/Nov/2026:13", "/a", "200", 1234, -1}
	for line, took := range map[string]float64{
		common:                           -1,
		common + ` "-" "curl/8.0"`:       -1,
		common + ` "-" "a \"b\"" 0.25`:   0.25,
		common + ` "http://x/" "" 1.5e0`: 1.5,
	} {
		want.took = took
		if got, ok := parse(line); !ok || got != want {
			t.Errorf("%s: %v, %v", line, got, ok)
		}
	}
	for _, line := range []string{"x", "started", common[:50], `a b [28/Nov/2026:13:05:09] "GET /" 99 1`} {
		if got, ok := parse(line); ok {
			t.Errorf("%s: %v", line, got)
		}
	}
}

func TestPercentile(t *testing.T) {
	times := []float64{1, 2, 3, 4}
	for p, want := range map[float64]float64{1: 1, 50: 2, 75: 3, 95: 4} {
		if got := percentile(times, p); *got != want {
			t.Errorf("%v%%: %v", p, *got)
		}
	}
	if percentile(nil, 50) != nil {
		t.Error("a percentile of nothing")
	}
}
