package greet

// Popup shows a greeting in a window.
func Popup() {}
