%% bench/peers/erlang: the gen_server of the rows: counts casts, answers calls.
-module(bench_counter).
-behaviour(gen_server).
-export([init/1, handle_call/3, handle_cast/2, start_named/1]).

-record(state, {owner, left = 0, sum = 0}).

init(Owner) -> {ok, #state{owner = Owner}}.

start_named(Number) ->
    gen_server:start_link({local, list_to_atom("a" ++ integer_to_list(Number))}, ?MODULE, 0, []).

handle_call({add, By}, _From, State) -> {reply, By, State#state{sum = State#state.sum + By}};
handle_call({expect, Count}, _From, State) -> {reply, ok, State#state{left = Count, sum = 0}}.

handle_cast({increment, By}, #state{left = 1} = State) ->
    State#state.owner ! {handled, self(), State#state.sum + By},
    {noreply, State#state{left = 0, sum = 0}};
handle_cast({increment, By}, #state{left = Left, sum = Sum} = State) ->
    {noreply, State#state{left = Left - 1, sum = Sum + By}}.
