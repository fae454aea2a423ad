// Judges histories of purchases of one item with Porcupine: one JSON history a line on standard input, one JSON verdict a line on
// standard output, in the same order. The harness compares them with those of its own checker.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"time"

	"github.com/anishathalye/porcupine"
)

// operation is one purchase. From and To are places in the history; To is missing where nobody knows how it ended.
type operation struct {
	From int64  `json:"from"`
	To   *int64 `json:"to"`
	End  string `json:"end"`
}

type history struct {
	InitialCount int         `json:"initialCount"`
	Operations   []operation `json:"operations"`
}

type verdict struct {
	Outcome string  `json:"outcome"`
	TookMs  float64 `json:"tookMs"`
}

// timeout is the time for one history; Porcupine searches, and some of them would take longer than anybody waits.
const timeout = 3 * time.Second

// stock is the model of one item: a purchase takes a unit while there is one, and is refused when there is none. One of which nobody
// knows the end took a unit or did nothing.
func stock(initialCount int) porcupine.Model {
	model := porcupine.NondeterministicModel{
		Init: func() []interface{} { return []interface{}{initialCount} },
		Step: func(state, _, output interface{}) []interface{} {
			available := state.(int)
			switch {
			case output == "failed" && available > 0, output == "ok" && available == 0:
				return nil
			case output == "failed", available == 0:
				return []interface{}{available}
			case output == "ok":
				return []interface{}{available - 1}
			default:
				return []interface{}{available, available - 1}
			}
		},
	}
	return model.ToModel()
}

func operationsOf(all []operation) []porcupine.Operation {
	operations := make([]porcupine.Operation, len(all))
	for i, one := range all {
		end := int64(math.MaxInt64)
		if one.To != nil {
			end = *one.To
		}
		operations[i] = porcupine.Operation{ClientId: i, Call: one.From, Output: one.End, Return: end}
	}
	return operations
}

func judge(one history) verdict {
	started := time.Now()
	result := porcupine.CheckOperationsTimeout(stock(one.InitialCount), operationsOf(one.Operations), timeout)
	outcomes := map[porcupine.CheckResult]string{porcupine.Ok: "passed", porcupine.Illegal: "violated"}
	outcome, isKnown := outcomes[result]
	if !isKnown {
		outcome = "unknown"
	}
	return verdict{outcome, float64(time.Since(started).Nanoseconds()) / 1e6}
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<30)
	output := json.NewEncoder(os.Stdout)
	for lines.Scan() {
		var one history
		if err := json.Unmarshal(lines.Bytes(), &one); err != nil {
			fmt.Fprintln(os.Stderr, "a line is no history:", err)
			os.Exit(1)
		}
		if err := output.Encode(judge(one)); err != nil {
			os.Exit(1)
		}
	}
}
