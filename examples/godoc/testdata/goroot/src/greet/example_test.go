package greet_test

import (
	"fmt"

	"greet"
)

func ExampleGreeter_Greet() {
	// Ann comes in.
	fmt.Println(greet.New("Ann").Greet())
	// Output: hello, Ann
}
