/* SPDX-License-Identifier: MIT */
/* What people read about a problem with time. */
#include "app/summary.h"

#include "app/terminal.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

const char *app_time_text(const clp_problem *problem, const clp_time_options *in_time, char *text,
                          size_t size)
{
    const char *method = in_time->method ? in_time->method : "auto";
    char capacity[40], steps[64] = "chosen on the way", outputs[64] = "";
    if (in_time->step > 0)
        snprintf(steps, sizeof steps, "of %g, %.0f in all", in_time->step,
                 floor(in_time->end / in_time->step * (1 + 1e-12)));
    if (in_time->output_every > 0)
        snprintf(outputs, sizeof outputs, "; an output every %g, %zu with the first", in_time->output_every,
                 clp_time_output_count(in_time));
    snprintf(text, size, "0 to %g, capacity %s; method %s, steps %s%s", in_time->end,
             app_value_text(clp_problem_capacity(problem), capacity, sizeof capacity), method, steps,
             outputs);
    return text;
}

void app_show_time(const clp_problem *problem, const clp_time_options *in_time)
{
    char text[256];
    app_say("%stime%s     %s", app_bold(), app_plain(), app_time_text(problem, in_time, text, sizeof text));
}

void app_show_time_progress(const clp_time_progress *progress)
{
    char steps[32], left[64] = "", time[32];
    double part = progress->time / progress->end;
    if (part > 0 && progress->seconds > 0.5)
        snprintf(left, sizeof left, ", about %s left",
                 app_duration(progress->seconds * (1 - part) / part, time, sizeof time));
    app_progress("t = %.4g of %g, %s steps, the last of %.3g%s", progress->time, progress->end,
                 app_count(progress->steps, steps, sizeof steps), progress->step, left);
}

static void show_course(const clp_report *report)
{
    const clp_time_report *t = report->in_time;
    char steps[32], lengths[64], rejected[64] = "";
    if (t->step_smallest < t->step_largest * (1 - 1e-9))
        snprintf(lengths, sizeof lengths, "%.3g to %.3g long", t->step_smallest, t->step_largest);
    else
        snprintf(lengths, sizeof lengths, "%.6g long", t->step_largest);
    if (t->rejected) snprintf(rejected, sizeof rejected, " (%zu more were too long)", t->rejected);
    app_say("%s%s%s   t = %.8g after %s steps of %s, %s%s", report->converged ? app_green() : app_red(),
            t->steady           ? "steady"
            : report->converged ? "done  "
                                : "early ",
            app_plain(), t->reached, app_count(t->steps, steps, sizeof steps), report->method, lengths,
            rejected);
    if (t->steps > 500 && isnan(t->step) && strcmp(report->method, "implicit_euler") == 0)
        app_say("         a method of first order needs many steps; trbdf2, of second order, far fewer");
    if (report->choice && terminal.verbose)
        app_say("         auto took %s: %s", report->method, report->choice);
}

/* What is stored in addition since the beginning, and what brought it. */
static void show_balance(const clp_time_report *t)
{
    const double rounding = 1e-9;
    double change = 0, entered = 0, fed = 0, drained = 0, imbalance = 0;
    char sources[96] = "";
    for (size_t i = 0; i < t->interval_count; i++) {
        change += t->intervals[i].change;
        entered += t->intervals[i].entered;
        fed += t->intervals[i].fed;
        drained += t->intervals[i].drained;
        imbalance += t->intervals[i].imbalance;
    }
    double matters = rounding * fmax(fmax(fabs(change), fabs(entered)), fmax(fabs(fed), fabs(drained)));
    if (fabs(fed) > matters) snprintf(sources, sizeof sources, ", sources fed %.5g", fed);
    size_t length = strlen(sources);
    if (fabs(drained) > matters)
        snprintf(sources + length, sizeof sources - length, ", reaction took %.5g", drained);
    app_say("         stored %.6g, a change of %.6g: %.6g entered%s; off by %.2g",
            t->intervals[t->interval_count - 1].stored, change, entered, sources, imbalance);
}

void app_show_time_summary(const clp_report *report, const clp_problem_output *output)
{
    char solve[32], compile[32], total[32], applications[32];
    show_course(report);
    app_say("         values from %g to %g, mean %.6g", report->minimum, report->maximum, report->mean);
    show_balance(report->in_time);
    app_duration(report->seconds_solve, solve, sizeof solve);
    app_duration(report->seconds_compile, compile, sizeof compile);
    app_duration(report->seconds_total, total, sizeof total);
    app_say(
        "         %s times the operator in %s precision in %s, %.2f G updates/s; kernels built in %s, all %s",
        app_count(report->in_time->applications, applications, sizeof applications), report->precision, solve,
        1e-9 * report->updates_per_second, compile, total);
    app_show_ranks(report);
    app_show_outputs(output);
    if (report->reason == CLP_REASON_INTERRUPTED)
        app_error("it was interrupted; what was reached is written, and marked");
    if (report->reason == CLP_REASON_END && !report->converged)
        app_error("the steady state was not reached by the end of the time; make time.end larger");
}
