package api

import (
	"context"

	"yunei/internal/core/act"
	"yunei/internal/core/matter"
)

// TransitionPage is an application of later values to running matters, with the acts open to the caller.
type TransitionPage struct {
	Transition matter.Transition `json:"transition"`
	Preview    *matter.Preview   `json:"preview,omitempty" doc:"While it is proposed: what it would do today"`
	Names      map[string]string `json:"names" doc:"Names of the applicants"`
	Acts       []act.Option      `json:"acts"`
}

// TransitionPreview is what moving values would do today.
type TransitionPreview struct {
	matter.Preview
	Names map[string]string `json:"names" doc:"Names of the applicants"`
}

func (a *API) registerTransitions() {
	const tag = "matters"
	s := a.s.Matters
	get(a, "/v1/transitions", "transitions", tag, "过渡适用", func(ctx context.Context, in *Paging) (Page[matter.Transition], error) {
		list, err := s.Transitions(ctx, in.Cursor, in.Limit)
		for i := range list {
			list[i].Shifts = nil
		}
		return paged(list, in.Limit, func(t matter.Transition) string { return t.ID }), err
	})
	get(a, "/v1/transitions/values", "transition-values", tag, "在办件所依据的取值与现行规定的不同", func(ctx context.Context, _ *none) (Page[matter.Differing], error) {
		list, err := s.Differences(ctx)
		return Page[matter.Differing]{Items: list}, err
	})
	get(a, "/v1/transitions/preview", "transition-preview", tag, "预览过渡适用", func(ctx context.Context, in *struct {
		Values []string `query:"values" minItems:"1" maxItems:"50" doc:"Names of values"`
	}) (TransitionPreview, error) {
		p, err := s.Preview(ctx, in.Values)
		if err != nil {
			return TransitionPreview{}, err
		}
		names, err := a.orgNames(ctx, applicants(p.Shifts)...)
		return TransitionPreview{p, names}, err
	})
	get(a, "/v1/transitions/{id}", "transition", tag, "过渡适用详情", a.transition)
	post(a, "/v1/transitions", "propose-transition", tag, "拟定过渡适用", func(ctx context.Context, in *struct {
		Body struct {
			Because
			Values []string `json:"values" minItems:"1" maxItems:"50"`
			Seen   string   `json:"seen" maxLength:"64" doc:"The preview that was seen"`
			Late   bool     `json:"late,omitempty" doc:"Accepts that the steps marked in the preview are overdue at once"`
		}
	}) (TransitionPage, error) {
		t, err := s.Propose(ctx, in.Body.Values, in.Body.Reason, in.Body.Seen, in.Body.Late)
		if err != nil {
			return TransitionPage{}, err
		}
		return a.transition(ctx, &ByID{ID: t.ID})
	})
	post(a, "/v1/transitions/{id}/confirm", "confirm-transition", tag, "确认过渡适用", func(ctx context.Context, in *struct {
		ByID
		Body struct {
			Because
			Seen string `json:"seen" maxLength:"64" doc:"The preview that was seen"`
		}
	}) (TransitionPage, error) {
		if _, err := s.ConfirmTransition(ctx, in.ID, in.Body.Seen, in.Body.Reason); err != nil {
			return TransitionPage{}, err
		}
		return a.transition(ctx, &in.ByID)
	})
	post(a, "/v1/transitions/{id}/drop", "drop-transition", tag, "不予过渡适用", func(ctx context.Context, in *reasoned) (TransitionPage, error) {
		if _, err := s.DropTransition(ctx, in.ID, in.Body.Reason); err != nil {
			return TransitionPage{}, err
		}
		return a.transition(ctx, &in.ByID)
	})
}

func (a *API) transition(ctx context.Context, in *ByID) (p TransitionPage, err error) {
	if p.Transition, p.Preview, p.Acts, err = a.s.Matters.Transition(ctx, in.ID); err != nil {
		return p, err
	}
	shifts := p.Transition.Shifts
	if p.Preview != nil {
		shifts = p.Preview.Shifts
	}
	p.Names, err = a.orgNames(ctx, applicants(shifts)...)
	return p, err
}

func applicants(shifts []matter.Shift) []string {
	ids := make([]string, len(shifts))
	for i, s := range shifts {
		ids[i] = s.Applicant
	}
	return ids
}
