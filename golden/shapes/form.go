package shapes

// Form is written in one pass by functions that are cut into parts.
//
//cachegen:cache key=ID:int
//cachegen:tier form = fastcache(32MiB)
type Form struct {
	F0, F1, F2, F3, F4, F5, F6, F7, F8, F9                     string
	F10, F11, F12, F13, F14, F15, F16, F17, F18, F19           string
	F20, F21, F22, F23, F24, F25, F26, F27, F28, F29           string
	F30, F31, F32, F33, F34, F35, F36, F37, F38, F39           string
	F40, F41, F42, F43, F44, F45, F46, F47, F48, F49           string
	F50, F51, F52, F53, F54, F55, F56, F57, F58, F59           string
	F60, F61, F62, F63, F64, F65, F66, F67, F68, F69           string
	F70, F71, F72, F73, F74, F75, F76, F77, F78, F79           string
	F80, F81, F82, F83, F84, F85, F86, F87, F88, F89           string
	F90, F91, F92, F93, F94, F95, F96, F97, F98, F99           string
	F100, F101, F102, F103, F104, F105, F106, F107, F108, F109 string
	F110, F111, F112, F113, F114, F115, F116, F117, F118, F119 string
	F120, F121, F122, F123, F124, F125, F126, F127, F128, F129 string
	F130, F131, F132, F133, F134, F135, F136, F137, F138, F139 string
	Answers                                                    []string
	Remarks                                                    map[string]string
}
