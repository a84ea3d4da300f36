package policies

import (
	"context"

	"github.com/cachegen/cachegen/policy"
	"github.com/cachegen/cachegen/runtime"
)

// cache is what all caches of this package have in common.
type cache interface {
	Get(ctx context.Context, key string) (Doc, bool, error)
	Lookup(ctx context.Context, key string) (runtime.Entry[Doc], error)
	Store(ctx context.Context, key string, e runtime.Entry[Doc]) error
	Set(ctx context.Context, key string, v Doc) error
	Close(ctx context.Context) error
}

// config is the config of them all.
type config = SequentialOptimisticNeverOffloadConfig

// combination is one cache and what it is annotated with.
type combination struct {
	read   policy.Read
	write  policy.Write
	refill policy.Refill
	loser  policy.Loser
	open   func(config) (cache, error)
}

// combinations are all there are.
var combinations = []combination{
	{policy.ReadSequential, policy.WriteOptimistic, policy.RefillNever, policy.LoserOffload, func(c config) (cache, error) {
		return NewSequentialOptimisticNeverOffload(c)
	}},
	{policy.ReadSequential, policy.WriteOptimistic, policy.RefillNever, policy.LoserDrop, func(c config) (cache, error) {
		return NewSequentialOptimisticNeverDrop(SequentialOptimisticNeverDropConfig(c))
	}},
	{policy.ReadSequential, policy.WriteOptimistic, policy.RefillAlways, policy.LoserOffload, func(c config) (cache, error) {
		return NewSequentialOptimisticAlwaysOffload(SequentialOptimisticAlwaysOffloadConfig(c))
	}},
	{policy.ReadSequential, policy.WriteOptimistic, policy.RefillAlways, policy.LoserDrop, func(c config) (cache, error) {
		return NewSequentialOptimisticAlwaysDrop(SequentialOptimisticAlwaysDropConfig(c))
	}},
	{policy.ReadSequential, policy.WriteSequential, policy.RefillNever, policy.LoserOffload, func(c config) (cache, error) {
		return NewSequentialSequentialNeverOffload(SequentialSequentialNeverOffloadConfig(c))
	}},
	{policy.ReadSequential, policy.WriteSequential, policy.RefillNever, policy.LoserDrop, func(c config) (cache, error) {
		return NewSequentialSequentialNeverDrop(SequentialSequentialNeverDropConfig(c))
	}},
	{policy.ReadSequential, policy.WriteSequential, policy.RefillAlways, policy.LoserOffload, func(c config) (cache, error) {
		return NewSequentialSequentialAlwaysOffload(SequentialSequentialAlwaysOffloadConfig(c))
	}},
	{policy.ReadSequential, policy.WriteSequential, policy.RefillAlways, policy.LoserDrop, func(c config) (cache, error) {
		return NewSequentialSequentialAlwaysDrop(SequentialSequentialAlwaysDropConfig(c))
	}},
	{policy.ReadSequential, policy.WriteRace, policy.RefillNever, policy.LoserOffload, func(c config) (cache, error) {
		return NewSequentialRaceNeverOffload(SequentialRaceNeverOffloadConfig(c))
	}},
	{policy.ReadSequential, policy.WriteRace, policy.RefillNever, policy.LoserDrop, func(c config) (cache, error) { return NewSequentialRaceNeverDrop(SequentialRaceNeverDropConfig(c)) }},
	{policy.ReadSequential, policy.WriteRace, policy.RefillAlways, policy.LoserOffload, func(c config) (cache, error) {
		return NewSequentialRaceAlwaysOffload(SequentialRaceAlwaysOffloadConfig(c))
	}},
	{policy.ReadSequential, policy.WriteRace, policy.RefillAlways, policy.LoserDrop, func(c config) (cache, error) { return NewSequentialRaceAlwaysDrop(SequentialRaceAlwaysDropConfig(c)) }},
	{policy.ReadRace, policy.WriteOptimistic, policy.RefillNever, policy.LoserOffload, func(c config) (cache, error) {
		return NewRaceOptimisticNeverOffload(RaceOptimisticNeverOffloadConfig(c))
	}},
	{policy.ReadRace, policy.WriteOptimistic, policy.RefillNever, policy.LoserDrop, func(c config) (cache, error) { return NewRaceOptimisticNeverDrop(RaceOptimisticNeverDropConfig(c)) }},
	{policy.ReadRace, policy.WriteOptimistic, policy.RefillAlways, policy.LoserOffload, func(c config) (cache, error) {
		return NewRaceOptimisticAlwaysOffload(RaceOptimisticAlwaysOffloadConfig(c))
	}},
	{policy.ReadRace, policy.WriteOptimistic, policy.RefillAlways, policy.LoserDrop, func(c config) (cache, error) { return NewRaceOptimisticAlwaysDrop(RaceOptimisticAlwaysDropConfig(c)) }},
	{policy.ReadRace, policy.WriteSequential, policy.RefillNever, policy.LoserOffload, func(c config) (cache, error) {
		return NewRaceSequentialNeverOffload(RaceSequentialNeverOffloadConfig(c))
	}},
	{policy.ReadRace, policy.WriteSequential, policy.RefillNever, policy.LoserDrop, func(c config) (cache, error) { return NewRaceSequentialNeverDrop(RaceSequentialNeverDropConfig(c)) }},
	{policy.ReadRace, policy.WriteSequential, policy.RefillAlways, policy.LoserOffload, func(c config) (cache, error) {
		return NewRaceSequentialAlwaysOffload(RaceSequentialAlwaysOffloadConfig(c))
	}},
	{policy.ReadRace, policy.WriteSequential, policy.RefillAlways, policy.LoserDrop, func(c config) (cache, error) { return NewRaceSequentialAlwaysDrop(RaceSequentialAlwaysDropConfig(c)) }},
	{policy.ReadRace, policy.WriteRace, policy.RefillNever, policy.LoserOffload, func(c config) (cache, error) { return NewRaceRaceNeverOffload(RaceRaceNeverOffloadConfig(c)) }},
	{policy.ReadRace, policy.WriteRace, policy.RefillNever, policy.LoserDrop, func(c config) (cache, error) { return NewRaceRaceNeverDrop(RaceRaceNeverDropConfig(c)) }},
	{policy.ReadRace, policy.WriteRace, policy.RefillAlways, policy.LoserOffload, func(c config) (cache, error) { return NewRaceRaceAlwaysOffload(RaceRaceAlwaysOffloadConfig(c)) }},
	{policy.ReadRace, policy.WriteRace, policy.RefillAlways, policy.LoserDrop, func(c config) (cache, error) { return NewRaceRaceAlwaysDrop(RaceRaceAlwaysDropConfig(c)) }},
	{policy.ReadParallel, policy.WriteOptimistic, policy.RefillNever, policy.LoserOffload, func(c config) (cache, error) {
		return NewParallelOptimisticNeverOffload(ParallelOptimisticNeverOffloadConfig(c))
	}},
	{policy.ReadParallel, policy.WriteOptimistic, policy.RefillNever, policy.LoserDrop, func(c config) (cache, error) {
		return NewParallelOptimisticNeverDrop(ParallelOptimisticNeverDropConfig(c))
	}},
	{policy.ReadParallel, policy.WriteOptimistic, policy.RefillAlways, policy.LoserOffload, func(c config) (cache, error) {
		return NewParallelOptimisticAlwaysOffload(ParallelOptimisticAlwaysOffloadConfig(c))
	}},
	{policy.ReadParallel, policy.WriteOptimistic, policy.RefillAlways, policy.LoserDrop, func(c config) (cache, error) {
		return NewParallelOptimisticAlwaysDrop(ParallelOptimisticAlwaysDropConfig(c))
	}},
	{policy.ReadParallel, policy.WriteSequential, policy.RefillNever, policy.LoserOffload, func(c config) (cache, error) {
		return NewParallelSequentialNeverOffload(ParallelSequentialNeverOffloadConfig(c))
	}},
	{policy.ReadParallel, policy.WriteSequential, policy.RefillNever, policy.LoserDrop, func(c config) (cache, error) {
		return NewParallelSequentialNeverDrop(ParallelSequentialNeverDropConfig(c))
	}},
	{policy.ReadParallel, policy.WriteSequential, policy.RefillAlways, policy.LoserOffload, func(c config) (cache, error) {
		return NewParallelSequentialAlwaysOffload(ParallelSequentialAlwaysOffloadConfig(c))
	}},
	{policy.ReadParallel, policy.WriteSequential, policy.RefillAlways, policy.LoserDrop, func(c config) (cache, error) {
		return NewParallelSequentialAlwaysDrop(ParallelSequentialAlwaysDropConfig(c))
	}},
	{policy.ReadParallel, policy.WriteRace, policy.RefillNever, policy.LoserOffload, func(c config) (cache, error) { return NewParallelRaceNeverOffload(ParallelRaceNeverOffloadConfig(c)) }},
	{policy.ReadParallel, policy.WriteRace, policy.RefillNever, policy.LoserDrop, func(c config) (cache, error) { return NewParallelRaceNeverDrop(ParallelRaceNeverDropConfig(c)) }},
	{policy.ReadParallel, policy.WriteRace, policy.RefillAlways, policy.LoserOffload, func(c config) (cache, error) { return NewParallelRaceAlwaysOffload(ParallelRaceAlwaysOffloadConfig(c)) }},
	{policy.ReadParallel, policy.WriteRace, policy.RefillAlways, policy.LoserDrop, func(c config) (cache, error) { return NewParallelRaceAlwaysDrop(ParallelRaceAlwaysDropConfig(c)) }},
}
