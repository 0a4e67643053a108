import { keepPreviousData, QueryClient, useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type AnswerOf, get, type ParamsOf, type PathWith } from "./client";
import { asProblem, type Problem } from "./problem";

export function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        // Only a server that did not answer is asked again: a refusal stays a refusal.
        retry: (count, error) => count < 2 && ["offline", "unavailable"].includes(asProblem(error).code),
      },
    },
  });
}

/** One object, or any answer that is read whole. */
export function useItem<P extends PathWith<"get">>(
  path: P,
  params: ParamsOf<P, "get"> = {},
  options: { refetchInterval?: number; enabled?: boolean; staleTime?: number } = {},
) {
  return useQuery<AnswerOf<P, "get">, Problem>({ queryKey: [path, params], queryFn: () => get(path, params), ...options });
}

/** The paths that answer a page of a list. */
export type ListPath = {
  [P in PathWith<"get">]: AnswerOf<P, "get"> extends { items: unknown[] | null; next?: string } ? P : never;
}[PathWith<"get">];

/** What a list is made of. */
export type RowOf<P extends ListPath> = AnswerOf<P, "get"> extends { items: (infer T)[] | null } ? T : never;

interface Pageful<T> {
  items: T[] | null;
  next?: string;
}

/** A list, page after page. */
export function useList<P extends ListPath>(path: P, params: ParamsOf<P, "get"> = {}, options: { enabled?: boolean } = {}) {
  const query = useInfiniteQuery({
    queryKey: [path, "list", params],
    queryFn: async ({ pageParam }) =>
      (await get(path, { ...params, query: { ...(params.query as object), cursor: pageParam } as never })) as unknown as Pageful<RowOf<P>>,
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next || undefined,
    placeholderData: keepPreviousData,
    ...options,
  });
  return {
    items: query.data?.pages.flatMap((page) => page.items ?? []),
    problem: query.error ? asProblem(query.error) : undefined,
    loading: query.isPending && query.fetchStatus !== "idle",
    more: query.hasNextPage ? () => void query.fetchNextPage() : undefined,
    loadingMore: query.isFetchingNextPage,
    refresh: () => void query.refetch(),
  };
}

/** A question that needs a body. It changes nothing. */
export function useAsk<Input, Output>(run: (input: Input) => Promise<Output>) {
  return useMutation<Output, Problem, Input>({ mutationFn: run });
}

/** An act. Whatever it changed may be on any page, so every answer held is asked for anew. */
export function useAct<Input, Output>(run: (input: Input) => Promise<Output>, done?: (output: Output) => void) {
  const client = useQueryClient();
  return useMutation<Output, Problem, Input>({
    mutationFn: run,
    onSuccess: async (output) => {
      await client.invalidateQueries();
      done?.(output);
    },
  });
}
