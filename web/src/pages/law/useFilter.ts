import { useSearchParams } from "react-router";

/** Filters live in the address; an empty one leaves it. */
export function useFilter(): (name: string, value: string | undefined) => void {
  const [, setSearch] = useSearchParams();
  return (name, value) =>
    setSearch(
      (before) => {
        if (value) before.set(name, value);
        else before.delete(name);
        return before;
      },
      { replace: true },
    );
}
