package aws

import (
	"context"
	"reflect"
)

// pager is what every paginator of the SDK is.
type pager[Options, Output any] interface {
	HasMorePages() bool
	NextPage(context.Context, ...func(*Options)) (*Output, error)
}

// pages reads all of a paginator's pages into one answer: lists end to end, everything else from the first page, as
// the AWS CLI merges them.
func pages[Options, Output any](ctx context.Context, source pager[Options, Output]) (*Output, error) {
	merged := new(Output)
	for first := true; source.HasMorePages(); first = false {
		page, err := source.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		if first {
			*merged = *page
			continue
		}
		into, from := reflect.ValueOf(merged).Elem(), reflect.ValueOf(page).Elem()
		for i := range into.NumField() {
			if field := into.Field(i); field.Kind() == reflect.Slice && field.CanSet() {
				field.Set(reflect.AppendSlice(field, from.Field(i)))
			}
		}
	}
	return merged, nil
}

// gather reads the pages of an operation for which the SDK has no paginator, lists end to end.
func gather[Item any](page func(token *string) ([]Item, *string, error)) ([]Item, error) {
	var all []Item
	for token := (*string)(nil); ; {
		items, next, err := page(token)
		if err != nil {
			return nil, err
		}
		all = append(all, items...)
		if next == nil || *next == "" {
			return all, nil
		}
		token = next
	}
}
