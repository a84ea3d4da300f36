package runtime

// FormatVersion is the version of the stored form and of the interface between
// generated code and this package. A generated file compiles only against the
// version that it was generated for.
const FormatVersion = 2
