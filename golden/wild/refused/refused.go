//go:build refused

// Package refused has well-known types that cannot be cached. It is built only by
// the test that looks at what is said of them.
package refused

import (
	"crypto/x509"
	"net/http"

	sqs "github.com/aws/aws-sdk-go-v2/service/sqs/types"
	cloudevents "github.com/cloudevents/sdk-go/v2"
	"github.com/google/go-github/v74/github"
	"github.com/stripe/stripe-go/v82"
	"golang.org/x/oauth2"
	corev1 "k8s.io/api/core/v1"
)

//cachegen:cache key=name:string
//cachegen:tier pods = fastcache(32MiB)
type Pod corev1.Pod

//cachegen:cache key=id:string
//cachegen:tier tokens = fastcache(32MiB)
type Token struct{ Token *oauth2.Token }

//cachegen:cache key=id:string
//cachegen:tier certificates = fastcache(32MiB)
type Certificate x509.Certificate

//cachegen:cache key=id:string
//cachegen:tier events = fastcache(32MiB)
type Event struct{ Event cloudevents.Event }

//cachegen:cache key=id:string
//cachegen:tier customers = fastcache(32MiB)
type Customer stripe.Customer

//cachegen:cache key=id:int64
//cachegen:tier repositories = fastcache(32MiB)
type Repository github.Repository

//cachegen:cache key=id:string
//cachegen:tier messages = fastcache(32MiB)
type Message sqs.Message

//cachegen:cache key=url:string
//cachegen:tier responses = fastcache(32MiB)
type Response http.Response
