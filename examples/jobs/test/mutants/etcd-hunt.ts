/**
 * test/mutants/etcd-hunt: looks for a story of an etcd that ends badly.
 */
import { hunt } from '#test/mutants/hunting'
import { tellEtcd } from '#test/store/etcd/etcd-story'

await hunt(tellEtcd)
