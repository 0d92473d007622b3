%% bench/peers/erlang: the supervisors of the restart storm and of the named children.
-module(bench_supervisor).
-behaviour(supervisor).
-export([start_link/1, init/1, start_crasher/1, crasher/1]).

start_link(Plan) -> supervisor:start_link(?MODULE, Plan).

init({storm, Owner, N}) ->
    Flags = #{strategy => one_for_one, intensity => 1000000000, period => 1},
    {ok, {Flags, [#{id => Id, start => {?MODULE, start_crasher, [Owner]}}
                  || Id <- lists:seq(1, N)]}};
init({named, _Owner}) ->
    Flags = #{strategy => simple_one_for_one},
    {ok, {Flags, [#{id => named, start => {bench_counter, start_named, []}}]}}.

start_crasher(Owner) -> {ok, proc_lib:spawn_link(?MODULE, crasher, [Owner])}.

crasher(Owner) ->
    Owner ! {up, self()},
    receive crash -> exit(crashed) end.
