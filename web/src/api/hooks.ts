import {
  QueryClient,
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { get, type Params } from "./client";
import { asProblem, Problem } from "./problem";

/** A keyset page of a list. */
export interface Page<T> {
  items: T[] | null;
  next?: string;
}

export function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        refetchOnWindowFocus: true,
        // Only a server that did not answer is asked again: a refusal stays a refusal.
        retry: (count, error) => count < 2 && ["offline", "unavailable"].includes(asProblem(error).code),
        throwOnError: false,
      },
    },
  });
}

/** One object, or any answer that is read whole. `params` undefined means: not yet. */
export function useItem<T>(template: string, params: Params | undefined = {}, options: { refetchInterval?: number; enabled?: boolean } = {}) {
  return useQuery<T, Problem>({
    queryKey: [template, params],
    queryFn: () => get<T>(template, params),
    ...options,
  });
}

/** A list, page after page. */
export function useList<T>(template: string, params: Params = {}, options: { enabled?: boolean } = {}) {
  const query = useInfiniteQuery({
    queryKey: [template, "list", params],
    queryFn: ({ pageParam }) => get<Page<T>>(template, { ...params, query: { ...params.query, cursor: pageParam } }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next || undefined,
    placeholderData: keepPreviousData,
    ...options,
  });
  return {
    items: query.data?.pages.flatMap((page) => page.items ?? []),
    problem: query.error ? asProblem(query.error) : undefined,
    loading: query.isPending && query.fetchStatus !== "idle",
    refreshing: query.isFetching,
    more: query.hasNextPage ? () => void query.fetchNextPage() : undefined,
    loadingMore: query.isFetchingNextPage,
    refresh: () => void query.refetch(),
  };
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
