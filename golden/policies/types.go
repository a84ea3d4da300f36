// Package policies has a cache for every combination of policies, over backends
// whose answers a test decides.
package policies

// Doc is read and written under all of them.
//
//cachegen:cache name=SequentialOptimisticNeverOffload key=ID ttl=1h stale=1h
//cachegen:tier l1 = backend timeout=1s
//cachegen:tier l2 = backend timeout=1s
//cachegen:compose sequentialoptimisticneveroffload = l1 l2 read=sequential write=optimistic refill=never loser=offload
//cachegen:cache name=SequentialOptimisticNeverDrop key=ID ttl=1h stale=1h
//cachegen:tier l1 = backend timeout=1s
//cachegen:tier l2 = backend timeout=1s
//cachegen:compose sequentialoptimisticneverdrop = l1 l2 read=sequential write=optimistic refill=never loser=drop
//cachegen:cache name=SequentialOptimisticAlwaysOffload key=ID ttl=1h stale=1h
//cachegen:tier l1 = backend timeout=1s
//cachegen:tier l2 = backend timeout=1s
//cachegen:compose sequentialoptimisticalwaysoffload = l1 l2 read=sequential write=optimistic refill=always loser=offload
//cachegen:cache name=SequentialOptimisticAlwaysDrop key=ID ttl=1h stale=1h
//cachegen:tier l1 = backend timeout=1s
//cachegen:tier l2 = backend timeout=1s
//cachegen:compose sequentialoptimisticalwaysdrop = l1 l2 read=sequential write=optimistic refill=always loser=drop
//cachegen:cache name=SequentialSequentialNeverOffload key=ID ttl=1h stale=1h
//cachegen:tier l1 = backend timeout=1s
//cachegen:tier l2 = backend timeout=1s
//cachegen:compose sequentialsequentialneveroffload = l1 l2 read=sequential write=sequential refill=never loser=offload
//cachegen:cache name=SequentialSequentialNeverDrop key=ID ttl=1h stale=1h
//cachegen:tier l1 = backend timeout=1s
//cachegen:tier l2 = backend timeout=1s
//cachegen:compose sequentialsequentialneverdrop = l1 l2 read=sequential write=sequential refill=never loser=drop
//cachegen:cache name=SequentialSequentialAlwaysOffload key=ID ttl=1h stale=1h
//cachegen:tier l1 = backend timeout=1s
//cachegen:tier l2 = backend timeout=1s
//cachegen:compose sequentialsequentialalwaysoffload = l1 l2 read=sequential write=sequential refill=always loser=offload
//cachegen:cache name=SequentialSequentialAlwaysDrop key=ID ttl=1h stale=1h
//cachegen:tier l1 = backend timeout=1s
//cachegen:tier l2 = backend timeout=1s
//cachegen:compose sequentialsequentialalwaysdrop = l1 l2 read=sequential write=sequential refill=always loser=drop
//cachegen:cache name=SequentialRaceNeverOffload key=ID ttl=1h stale=1h
//cachegen:tier l1 = backend timeout=1s
//cachegen:tier l2 = backend timeout=1s
//cachegen:compose sequentialraceneveroffload = l1 l2 read=sequential write=race refill=never loser=offload
//cachegen:cache name=SequentialRaceNeverDrop key=ID ttl=1h stale=1h
//cachegen:tier l1 = backend timeout=1s
//cachegen:tier l2 = backend timeout=1s
//cachegen:compose sequentialraceneverdrop = l1 l2 read=sequential write=race refill=never loser=drop
//cachegen:cache name=SequentialRaceAlwaysOffload key=ID ttl=1h stale=1h
//cachegen:tier l1 = backend timeout=1s
//cachegen:tier l2 = backend timeout=1s
//cachegen:compose sequentialracealwaysoffload = l1 l2 read=sequential write=race refill=always loser=offload
//cachegen:cache name=SequentialRaceAlwaysDrop key=ID ttl=1h stale=1h
//cachegen:tier l1 = backend timeout=1s
//cachegen:tier l2 = backend timeout=1s
//cachegen:compose sequentialracealwaysdrop = l1 l2 read=sequential write=race refill=always loser=drop
//cachegen:cache name=RaceOptimisticNeverOffload key=ID ttl=1h stale=1h
//cachegen:tier l1 = backend timeout=1s
//cachegen:tier l2 = backend timeout=1s
//cachegen:compose raceoptimisticneveroffload = l1 l2 read=race write=optimistic refill=never loser=offload
//cachegen:cache name=RaceOptimisticNeverDrop key=ID ttl=1h stale=1h
//cachegen:tier l1 = backend timeout=1s
//cachegen:tier l2 = backend timeout=1s
//cachegen:compose raceoptimisticneverdrop = l1 l2 read=race write=optimistic refill=never loser=drop
//cachegen:cache name=RaceOptimisticAlwaysOffload key=ID ttl=1h stale=1h
//cachegen:tier l1 = backend timeout=1s
//cachegen:tier l2 = backend timeout=1s
//cachegen:compose raceoptimisticalwaysoffload = l1 l2 read=race write=optimistic refill=always loser=offload
//cachegen:cache name=RaceOptimisticAlwaysDrop key=ID ttl=1h stale=1h
//cachegen:tier l1 = backend timeout=1s
//cachegen:tier l2 = backend timeout=1s
//cachegen:compose raceoptimisticalwaysdrop = l1 l2 read=race write=optimistic refill=always loser=drop
//cachegen:cache name=RaceSequentialNeverOffload key=ID ttl=1h stale=1h
//cachegen:tier l1 = backend timeout=1s
//cachegen:tier l2 = backend timeout=1s
//cachegen:compose racesequentialneveroffload = l1 l2 read=race write=sequential refill=never loser=offload
//cachegen:cache name=RaceSequentialNeverDrop key=ID ttl=1h stale=1h
//cachegen:tier l1 = backend timeout=1s
//cachegen:tier l2 = backend timeout=1s
//cachegen:compose racesequentialneverdrop = l1 l2 read=race write=sequential refill=never loser=drop
//cachegen:cache name=RaceSequentialAlwaysOffload key=ID ttl=1h stale=1h
//cachegen:tier l1 = backend timeout=1s
//cachegen:tier l2 = backend timeout=1s
//cachegen:compose racesequentialalwaysoffload = l1 l2 read=race write=sequential refill=always loser=offload
//cachegen:cache name=RaceSequentialAlwaysDrop key=ID ttl=1h stale=1h
//cachegen:tier l1 = backend timeout=1s
//cachegen:tier l2 = backend timeout=1s
//cachegen:compose racesequentialalwaysdrop = l1 l2 read=race write=sequential refill=always loser=drop
//cachegen:cache name=RaceRaceNeverOffload key=ID ttl=1h stale=1h
//cachegen:tier l1 = backend timeout=1s
//cachegen:tier l2 = backend timeout=1s
//cachegen:compose raceraceneveroffload = l1 l2 read=race write=race refill=never loser=offload
//cachegen:cache name=RaceRaceNeverDrop key=ID ttl=1h stale=1h
//cachegen:tier l1 = backend timeout=1s
//cachegen:tier l2 = backend timeout=1s
//cachegen:compose raceraceneverdrop = l1 l2 read=race write=race refill=never loser=drop
//cachegen:cache name=RaceRaceAlwaysOffload key=ID ttl=1h stale=1h
//cachegen:tier l1 = backend timeout=1s
//cachegen:tier l2 = backend timeout=1s
//cachegen:compose raceracealwaysoffload = l1 l2 read=race write=race refill=always loser=offload
//cachegen:cache name=RaceRaceAlwaysDrop key=ID ttl=1h stale=1h
//cachegen:tier l1 = backend timeout=1s
//cachegen:tier l2 = backend timeout=1s
//cachegen:compose raceracealwaysdrop = l1 l2 read=race write=race refill=always loser=drop
//cachegen:cache name=ParallelOptimisticNeverOffload key=ID ttl=1h stale=1h
//cachegen:tier l1 = backend timeout=1s
//cachegen:tier l2 = backend timeout=1s
//cachegen:compose paralleloptimisticneveroffload = l1 l2 read=parallel write=optimistic refill=never loser=offload
//cachegen:cache name=ParallelOptimisticNeverDrop key=ID ttl=1h stale=1h
//cachegen:tier l1 = backend timeout=1s
//cachegen:tier l2 = backend timeout=1s
//cachegen:compose paralleloptimisticneverdrop = l1 l2 read=parallel write=optimistic refill=never loser=drop
//cachegen:cache name=ParallelOptimisticAlwaysOffload key=ID ttl=1h stale=1h
//cachegen:tier l1 = backend timeout=1s
//cachegen:tier l2 = backend timeout=1s
//cachegen:compose paralleloptimisticalwaysoffload = l1 l2 read=parallel write=optimistic refill=always loser=offload
//cachegen:cache name=ParallelOptimisticAlwaysDrop key=ID ttl=1h stale=1h
//cachegen:tier l1 = backend timeout=1s
//cachegen:tier l2 = backend timeout=1s
//cachegen:compose paralleloptimisticalwaysdrop = l1 l2 read=parallel write=optimistic refill=always loser=drop
//cachegen:cache name=ParallelSequentialNeverOffload key=ID ttl=1h stale=1h
//cachegen:tier l1 = backend timeout=1s
//cachegen:tier l2 = backend timeout=1s
//cachegen:compose parallelsequentialneveroffload = l1 l2 read=parallel write=sequential refill=never loser=offload
//cachegen:cache name=ParallelSequentialNeverDrop key=ID ttl=1h stale=1h
//cachegen:tier l1 = backend timeout=1s
//cachegen:tier l2 = backend timeout=1s
//cachegen:compose parallelsequentialneverdrop = l1 l2 read=parallel write=sequential refill=never loser=drop
//cachegen:cache name=ParallelSequentialAlwaysOffload key=ID ttl=1h stale=1h
//cachegen:tier l1 = backend timeout=1s
//cachegen:tier l2 = backend timeout=1s
//cachegen:compose parallelsequentialalwaysoffload = l1 l2 read=parallel write=sequential refill=always loser=offload
//cachegen:cache name=ParallelSequentialAlwaysDrop key=ID ttl=1h stale=1h
//cachegen:tier l1 = backend timeout=1s
//cachegen:tier l2 = backend timeout=1s
//cachegen:compose parallelsequentialalwaysdrop = l1 l2 read=parallel write=sequential refill=always loser=drop
//cachegen:cache name=ParallelRaceNeverOffload key=ID ttl=1h stale=1h
//cachegen:tier l1 = backend timeout=1s
//cachegen:tier l2 = backend timeout=1s
//cachegen:compose parallelraceneveroffload = l1 l2 read=parallel write=race refill=never loser=offload
//cachegen:cache name=ParallelRaceNeverDrop key=ID ttl=1h stale=1h
//cachegen:tier l1 = backend timeout=1s
//cachegen:tier l2 = backend timeout=1s
//cachegen:compose parallelraceneverdrop = l1 l2 read=parallel write=race refill=never loser=drop
//cachegen:cache name=ParallelRaceAlwaysOffload key=ID ttl=1h stale=1h
//cachegen:tier l1 = backend timeout=1s
//cachegen:tier l2 = backend timeout=1s
//cachegen:compose parallelracealwaysoffload = l1 l2 read=parallel write=race refill=always loser=offload
//cachegen:cache name=ParallelRaceAlwaysDrop key=ID ttl=1h stale=1h
//cachegen:tier l1 = backend timeout=1s
//cachegen:tier l2 = backend timeout=1s
//cachegen:compose parallelracealwaysdrop = l1 l2 read=parallel write=race refill=always loser=drop
type Doc struct {
	ID   string
	Text string
}
