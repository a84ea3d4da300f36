// Package wild caches types of well-known packages, as they are out there: with
// many fields, and with fields that were not made to be stored.
package wild

//go:generate go tool cachegen

import (
	"github.com/aws/aws-lambda-go/events"
	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-github/v74/github"
	image "github.com/opencontainers/image-spec/specs-go/v1"
	"github.com/prometheus/common/model"
	"github.com/stripe/stripe-go/v82"
	corev1 "k8s.io/api/core/v1"
)

// ConfigMap has the metadata that all objects of Kubernetes have.
//
//cachegen:cache key=name:string
//cachegen:tier configmaps = fastcache(32MiB)
type ConfigMap corev1.ConfigMap

// Service has a union of an integer and a string, and lists of conditions.
//
//cachegen:cache key=name:string
//cachegen:tier services = fastcache(32MiB)
type Service corev1.Service

// User has some fifty fields, all of them pointers.
//
//cachegen:cache key=login:string
//cachegen:tier users = fastcache(32MiB)
type User github.User

// Release has files, and users that have uploaded them.
//
//cachegen:cache key=id:int64
//cachegen:tier releases = fastcache(32MiB)
type Release github.RepositoryRelease

// Address is of a customer, beside the charge that it belongs to.
//
//cachegen:cache key=id:string
//cachegen:tier addresses = fastcache(32MiB)
type Address struct {
	Address  *stripe.Address
	Shipping stripe.AddressParams
	Card     stripe.CardParams `cache:"-"` // it has functions
}

// Request is what an API gateway hands to a function.
//
//cachegen:cache key=path:string
//cachegen:tier requests = fastcache(32MiB)
type Request events.S3Event

// Claims are those of a token.
//
//cachegen:cache key=subject:string
//cachegen:tier claims = fastcache(32MiB)
type Claims jwt.RegisteredClaims

// Manifest is that of an image.
//
//cachegen:cache key=digest:string
//cachegen:tier manifests = fastcache(32MiB)
type Manifest image.Manifest

// Alert has two sets of labels.
//
//cachegen:cache key=name:string
//cachegen:tier alerts = fastcache(32MiB)
type Alert model.Alert
