package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"sort"
	"strings"
	"text/tabwriter"
)

// A row sums up the requests with the same key.
type row struct {
	Key      string         `json:"key"`
	Requests int            `json:"requests"`
	Statuses map[string]int `json:"statuses"`
	Bytes    int64          `json:"bytes"`
	P50      *float64       `json:"p50_seconds,omitempty"`
	P95      *float64       `json:"p95_seconds,omitempty"`
	P99      *float64       `json:"p99_seconds,omitempty"`
	times    []float64
}

type report struct {
	key        func(request) string
	status     string
	rows       map[string]*row
	unreadable int
}

func newReport(key func(request) string, status string) *report {
	return &report{key: key, status: status, rows: map[string]*row{}}
}

func (r *report) add(request request) {
	if !strings.HasPrefix(request.status, r.status) {
		return
	}
	key := r.key(request)
	found := r.rows[key]
	if found == nil {
		found = &row{Key: key, Statuses: map[string]int{}}
		r.rows[key] = found
	}
	found.Requests++
	found.Statuses[request.status[:1]+"xx"]++
	found.Bytes += request.bytes
	if request.took >= 0 {
		found.times = append(found.times, request.took)
	}
}

// sorted gives the first rows, most requests first, with their percentiles.
func (r *report) sorted(top int) []*row {
	rows := make([]*row, 0, len(r.rows))
	for _, row := range r.rows {
		rows = append(rows, row)
	}
	sort.Slice(rows, func(i, j int) bool {
		if rows[i].Requests != rows[j].Requests {
			return rows[i].Requests > rows[j].Requests
		}
		return rows[i].Key < rows[j].Key
	})
	if top > 0 && len(rows) > top {
		rows = rows[:top]
	}
	for _, row := range rows {
		sort.Float64s(row.times)
		row.P50, row.P95, row.P99 = percentile(row.times, 50), percentile(row.times, 95), percentile(row.times, 99)
	}
	return rows
}

// percentile is the smallest time that p percent of the sorted times don't exceed.
func percentile(times []float64, p float64) *float64 {
	if len(times) == 0 {
		return nil
	}
	return &times[int(math.Ceil(p/100*float64(len(times))))-1]
}

func (r *report) writeTable(output io.Writer, by string, top int) error {
	table := tabwriter.NewWriter(output, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "requests\t2xx\t3xx\t4xx\t5xx\tbytes\tp50\tp95\tp99\t  "+by)
	for _, row := range r.sorted(top) {
		fmt.Fprintf(table, "%d\t", row.Requests)
		for _, class := range []string{"2xx", "3xx", "4xx", "5xx"} {
			fmt.Fprintf(table, "%d\t", row.Statuses[class])
		}
		fmt.Fprintf(table, "%d\t%s\t%s\t%s\t  %s\n", row.Bytes, millis(row.P50), millis(row.P95), millis(row.P99), row.Key)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if r.unreadable > 0 {
		fmt.Fprintf(output, "lines that are not requests: %d\n", r.unreadable)
	}
	return nil
}

func millis(seconds *float64) string {
	if seconds == nil {
		return "-"
	}
	return fmt.Sprintf("%.0fms", *seconds*1000)
}

func (r *report) writeJSON(output io.Writer, by string, top int) error {
	encoder := json.NewEncoder(output)
	encoder.SetIndent("", "  ")
	return encoder.Encode(struct {
		By         string `json:"by"`
		Rows       []*row `json:"rows"`
		Unreadable int    `json:"unreadable"`
	}{by, r.sorted(top), r.unreadable})
}
