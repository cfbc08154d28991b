package aws

import (
	"context"
	"sync"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/smithy-go/middleware"
	"golang.org/x/time/rate"
)

// The requests a second that a collection makes: at most these, whatever AWS would take, so that it never uses up the
// account's share of an API from under those who work in it. AWS's own limits differ by service
// (https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html); the adaptive retryer finds the lower ones.
const (
	requestsPerSecond             = 100 // of one account
	requestsPerOrganizationSecond = 400 // of all accounts together
	requestsPerServiceSecond      = 20  // of one service in one region of one account
)

// limits hold requests back: those of several accounts, those of one, and those to each service in each region.
type limits struct {
	shared *rate.Limiter // nil where there is one account
	all    *rate.Limiter
	lock   sync.Mutex
	own    map[string]*rate.Limiter
}

// newLimits makes the limits of one account under those that it shares with others, if any.
func newLimits(shared *rate.Limiter) *limits {
	return &limits{shared: shared, all: rate.NewLimiter(requestsPerSecond, requestsPerSecond), own: map[string]*rate.Limiter{}}
}

func (limits *limits) of(service string) *rate.Limiter {
	limits.lock.Lock()
	defer limits.lock.Unlock()
	limiter, ok := limits.own[service]
	if !ok {
		limiter = rate.NewLimiter(requestsPerServiceSecond, requestsPerServiceSecond)
		limits.own[service] = limiter
	}
	return limiter
}

// limit adds the waiting to a client, after its retries, so that each attempt waits.
func (limits *limits) limit(stack *middleware.Stack) error {
	wait := middleware.FinalizeMiddlewareFunc("WaitForLimits", func(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (
		out middleware.FinalizeOutput, metadata middleware.Metadata, err error,
	) {
		if err := limits.of(awsmiddleware.GetServiceID(ctx) + "/" + awsmiddleware.GetRegion(ctx)).Wait(ctx); err != nil {
			return out, metadata, err
		}
		if err := limits.all.Wait(ctx); err != nil {
			return out, metadata, err
		}
		if limits.shared != nil {
			if err := limits.shared.Wait(ctx); err != nil {
				return out, metadata, err
			}
		}
		return next.HandleFinalize(ctx, in)
	})
	return stack.Finalize.Insert(wait, "Retry", middleware.After)
}
